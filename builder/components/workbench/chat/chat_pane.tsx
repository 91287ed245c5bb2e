import { type ReactElement, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { DropNotice, pictureAddress } from "../../attachments/attachments";
import { useAttachments } from "../../attachments/use_attachments";
import { told } from "./aloud";
import { Composer, type Again, type GoBack } from "./composer";
import type { Broken } from "./next_action";
import { Request } from "./request";
import { Suggestions } from "./asking/suggestions";
import { spoken, isUndone, type Stretch, stretches, timeline, undoneVersions } from "./timeline";
import { WaitingRequests } from "./waiting_requests";
import { useProject, useWorkbench } from "../session/context";
import { activeTurn } from "../store/turns";
import { t } from "../../client/workbench_texts";

export function ChatPane(): ReactElement {
  const { store, wish, setWish } = useWorkbench();
  const state = useProject();
  const entries = timeline(state);
  const undone = undoneVersions(state);
  const last = Object.values(state.generations).at(-1);
  const attaching = useAttachments(
    store.api.attachmentsPath(), `sayso.attached.${store.api.id}`, (id) => pictureAddress(store.api.id, id),
  );
  const [again, setAgain] = useState<Again | null>(null);
  const reword = ({ id, prompt }: Broken, another: boolean): void => {
    setAgain({ text: prompt, another });
    attaching.again(state.messages.find(({ generation, turn }) => generation === id || turn === id)?.attachments ?? []);
  };
  const goBack = useCallback(({ turn, text }: GoBack) => setAgain({ text, another: false, insteadOf: { turn, text } }), []);
  useEffect(() => {
    if (!wish) return;
    setAgain({ text: wish.text, another: false, beside: true, about: wish.about });
    setWish(null);
  }, [wish, setWish]);
  const pane = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  const put = useRef(0);

  // Scrolls along only while the person is at the end; a person who reads further up is left alone. In the frame's own
  // layout: asking for the height after each render made a layout of its own in the longest tasks while an app is written.
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const follow = new ResizeObserver(() => {
      if (!atEnd.current) return;
      box.scrollTop = box.scrollHeight;
      put.current = box.scrollTop;
    });
    follow.observe(box);
    if (box.firstElementChild) follow.observe(box.firstElementChild);
    return () => follow.disconnect();
  }, []);

  return (
    <section className="wb-chat" ref={pane} aria-label={t("workbench.tab.chat")}>
      <div
        className="wb-messages" ref={list} role="log" aria-live="off" aria-label={t("workbench.chat.log")} tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          // Told of where it was put, the list may have grown again.
          if (atEnd.current && box.scrollTop >= put.current) return;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
        }}
      >
        <div>
          {state.load === "ready" && entries.length === 0 && <p className="wb-quiet">{t("workbench.chat.empty")}</p>}
          {stretches(entries).map((stretch) => (
            <Folded key={stretch.key} stretch={stretch}>
              {stretch.entries.map((entry) => (
                <Request key={entry.key} entry={entry} newest={last?.id} undone={isUndone(entry, undone)} latest={entry === entries.at(-1)} reword={reword} goBack={goBack} />
              ))}
            </Folded>
          ))}
          <WaitingRequests />
          <Suggestions />
        </div>
      </div>
      <Aloud />
      <Composer again={again} attaching={attaching} sent={() => (atEnd.current = true)} />
      <DropNotice zone={pane} attaching={attaching} />
    </section>
  );
}

/** What was said before the person went another way stays, folded. */
function Folded({ stretch, children }: { stretch: Stretch; children: ReactNode }): ReactElement {
  if (!stretch.left) return <>{children}</>;
  return (
    <details className="wb-entry wb-left">
      <summary>{t("workbench.turn.left", { count: spoken(stretch.entries) })}</summary>
      {children}
    </details>
  );
}

/** Says the newest request to a screen reader. The list of messages says nothing: it changes with each file that is written. */
function Aloud(): ReactElement {
  const state = useProject();
  const now = told(state);
  // What was there when the page was opened is read in the list.
  const before = useRef<string | null>(null);
  if (before.current === null && state.load === "ready") before.current = activeTurn(state) ? "" : now;
  return <p className="wb-sr" role="status">{before.current === null || now === before.current ? "" : now}</p>;
}
