import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from "react";
import { DropNotice, pictureAddress, SentFiles } from "../../attachments/attachments";
import { useAttachments } from "../../attachments/use_attachments";
import { Composer, type Again } from "./composer";
import { useProject, useWorkbench } from "../session/context";
import { GenerationCard } from "./generation_card";
import type { State } from "../store/state";
import { t } from "../../client/workbench_texts";
import type { Generation, Message } from "../../client/types";

type Entry = { key: string; person?: Message; builder?: Message; generation?: Generation };

/** Messages in order, each request followed by its result; a retry stands at its own time. */
export function timeline({ messages, generations }: Pick<State, "messages" | "generations">): Entry[] {
  const left = new Map(Object.entries(generations));
  const entries: Entry[] = [];
  const add = (id: string | null): void => {
    const generation = id === null ? undefined : left.get(id);
    if (!generation) return;
    left.delete(generation.id);
    entries.push({ key: generation.id, generation });
  };
  for (const message of messages) {
    if (message.role === "person") entries.push({ key: message.id, person: message });
    else if (!(message.generation && generations[message.generation]?.summary)) entries.push({ key: message.id, builder: message });
    add(message.generation);
  }
  for (const id of [...left.keys()]) add(id);
  return entries;
}

export function ChatPane(): ReactElement {
  const { store, open } = useWorkbench();
  const state = useProject();
  const entries = timeline(state);
  const last = Object.values(state.generations).at(-1);
  const attaching = useAttachments(
    store.api.attachmentsPath(), `sayso.attached.${store.api.id}`, (id) => pictureAddress(store.api.id, id),
  );
  const [again, setAgain] = useState<Again | null>(null);
  const reword = ({ id, prompt }: Generation, another: boolean): void => {
    setAgain({ text: prompt, another });
    attaching.again(state.messages.find(({ generation }) => generation === id)?.attachments ?? []);
  };
  const pane = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  // Scrolls along only while the person is at the end; a person who reads further up is left alone.
  useLayoutEffect(() => {
    const box = list.current;
    if (box && atEnd.current) box.scrollTop = box.scrollHeight;
  });
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const follow = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    follow.observe(box);
    return () => follow.disconnect();
  }, []);

  return (
    <section className="wb-chat" ref={pane} aria-label={t("workbench.tab.chat")}>
      <div
        className="wb-messages" ref={list} role="log" aria-live="polite" aria-label={t("workbench.chat.log")} tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
        }}
      >
        {state.load === "ready" && entries.length === 0 && <p className="wb-quiet">{t("workbench.chat.empty")}</p>}
        {entries.map(({ key, person, builder, generation }) => (
          <div key={key} className="wb-entry">
            {person && <p className="wb-said"><span className="wb-sr">{t("workbench.chat.you")} </span>{person.text}</p>}
            {person && <SentFiles project={store.api.id} files={person.attachments} open={(path) => open({ path })} />}
            {builder && <p className="wb-answer">{builder.text}</p>}
            {generation && <GenerationCard generation={generation} latest={generation.id === last?.id} reword={reword} />}
          </div>
        ))}
      </div>
      <Composer again={again} attaching={attaching} sent={() => (atEnd.current = true)} />
      <DropNotice zone={pane} attaching={attaching} />
    </section>
  );
}
