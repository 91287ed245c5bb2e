import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import catalogue from "$/texts/notices.en.json";
import { json, reasonOf } from "../client/http";
import { Socket } from "../client/socket";
import { texts } from "../client/texts";
import { when } from "../client/times";
import type { Answer } from "../client/types";
import "./bell.css";

const t = texts(catalogue);

type Notices = Answer<"notifications">;

/** How many are new comes by itself; the list is read when it is opened, and has been read then. `button`: the class of
    the buttons around it. */
export function NoticeBell({ button = "nav" }: { button?: string }): ReactElement | null {
  const [unread, setUnread] = useState(0);
  const [seen, setSeen] = useState<Notices | null>(null);
  const [problem, setProblem] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const read = async (most: number): Promise<void> => {
    try {
      setSeen(await json<Notices>(`/me/notifications?limit=${most}`));
      setProblem("");
    } catch (reason) {
      setProblem(reasonOf(reason));
    }
  };
  useEffect(() => {
    void read(1);  // whether there is a bell at all
    const socket = new Socket({
      path: () => "/me/events/ws",
      seen: true,
      take: (message) => {
        const { unread: count } = JSON.parse(String(message)) as { unread: number };
        setUnread(count);
        if (count) void read(list.current?.matches(":popover-open") ? 20 : 1);
      },
    });
    return () => socket.close();
  }, []);

  const toggled = async (open: boolean): Promise<void> => {
    if (!open) return;
    await read(20);
    try {
      await json("/me/notifications/read", { method: "POST", body: {} });
    } catch (reason) {
      setProblem(reasonOf(reason));
    }
  };
  if (!seen?.notifications.length && !problem) return null;
  return (
    <>
      <button type="button" className={`${button} bell`} popoverTarget={id} title={t("notice.title")}
        aria-label={unread ? t("notice.unread", { count: unread }) : t("notice.title")}>
        <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2.5a4.5 4.5 0 0 0-4.5 4.5v3L4 13v1h12v-1l-1.5-3V7A4.5 4.5 0 0 0 10 2.5ZM8 16a2 2 0 0 0 4 0" /></svg>
        {unread > 0 && <span className="bell-count" aria-hidden="true">{unread > 99 ? "99+" : unread}</span>}
      </button>
      <div ref={list} id={id} popover="auto" className="bell-list" role="region" aria-label={t("notice.title")}
        onToggle={(event) => void toggled(event.newState === "open")}>
        <h2>{t("notice.title")}</h2>
        {problem && <p className="error" role="alert">{problem}</p>}
        <ul>
          {seen?.notifications.map((one) => (
            <li key={one.id} className={one.read_at ? "" : "bell-new"}>
              {one.link ? <a href={one.link}>{one.text}</a> : <span>{one.text}</span>}
              <time dateTime={one.created_at}>{when(one.created_at)}</time>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
