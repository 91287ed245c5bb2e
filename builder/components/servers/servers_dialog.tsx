import { type ReactElement, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { call } from "../client/http";
import { follow } from "./live";
import type { ListedServer, ServerList } from "../client/types";
import { ServerRow } from "./server_row";
import "./servers.css";
import { t } from "../client/servers_texts";

interface Props {
  /** The project that is open, if any. */
  here?: string;
  close: () => void;
}

/** All servers of a person, live: what each one uses, and the actions on it. */
export default function ServersDialog({ here, close }: Props): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [list, setList] = useState<ServerList | null>(null);
  const [lost, setLost] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");

  // A layout effect: its cleanup runs while the dialog is still in the page, and only there does closing give the focus
  // back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  useEffect(() => follow<ServerList>("/servers/ws", (frame) => {
    setList(frame);
    setLost(false);
  }, () => setLost(true)), []);

  const act = async (server: ListedServer, method: string, path: string, done: string): Promise<void> => {
    setSaid("");
    setProblem("");
    try {
      const answer = await call(`/projects/${server.project}/server${path}`, { method });
      if (!answer.ok) {
        const body = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
        setProblem(body?.error?.message ?? `${answer.status} ${answer.statusText}`);
      } else setSaid(done);
    } catch {
      setProblem(t("servers.lost"));
    }
  };
  return (
    <dialog
      ref={element} className="servers" aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      <div className="servers-body">
        <div className="servers-head">
          <h2 id={id}>{t("servers.title")}</h2>
          {list && list.servers.length > 0 && <span className="servers-awake">{t("servers.awake", { awake: list.awake, limit: list.limit })}</span>}
          <button type="button" className="servers-close" aria-label={t("servers.close")} onClick={close}>
            <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="m4 4 8 8M12 4l-8 8" /></svg>
          </button>
        </div>
        <p className="servers-text">{t("servers.text")}</p>
        {list?.no_server && <p className="servers-note">{t("servers.none", { why: list.no_server })}</p>}
        {list?.disk_note && <p className="servers-note">{list.disk_note}</p>}
        <p className="servers-problem" role="alert">{problem || (lost ? t("servers.lost") : "")}</p>
        {list === null ? !lost && <p className="servers-empty servers-late">{t("servers.loading")}</p>
          : list.servers.length === 0 ? <p className="servers-empty">{t("servers.empty")}</p> : (
          <ul aria-label={t("servers.list")}>
            {list.servers.map((server) => <ServerRow key={server.project} server={server} here={server.project === here} act={act} />)}
          </ul>
        )}
        <p className="servers-said" role="status">{said}</p>
      </div>
    </dialog>
  );
}
