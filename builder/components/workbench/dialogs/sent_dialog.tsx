import "./panels.css";
import "./sent.css";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { Dialog } from "../controls/dialog";
import { useWorkbench } from "../session/context";
import { number } from "../../client/numbers";
import { t } from "../../client/sent_texts";
import type { SentCall } from "../../client/types";

/** What a model was given to read for an answer, call by call. */
export default function SentDialog({ generation, close }: { generation: string; close: () => void }): ReactElement {
  const { store, attempt, open } = useWorkbench();
  const [calls, setCalls] = useState<SentCall[] | null>(null);
  useEffect(() => attempt(async () => setCalls((await store.api.sent(generation)).calls)), [store, attempt, generation]);
  const look = (path: string): void => {
    close();
    open({ path });
  };
  return (
    <Dialog title={t("sent.title")} close={close} wide>
      {calls?.length === 0 && <p>{t("sent.none")}</p>}
      {calls?.map((call) => <Call key={call.number} call={call} alone={calls.length === 1} look={look} />)}
      {calls !== null && calls.length > 0 && <p className="wb-quiet">{t("sent.secrets")}</p>}
    </Dialog>
  );
}

function Call({ call, alone, look }: { call: SentCall; alone: boolean; look: (path: string) => void }): ReactElement {
  const { input, output, cache_read, cache_write } = call.tokens;
  const read = input + cache_read + cache_write;
  return (
    <section className="wb-sent">
      <p>
        <b>{alone ? call.model : `${t("sent.call", { number: call.number })} · ${call.model}`}</b>
        {read > 0 && <small>{t("sent.tokens", { read: number(read), cached: number(cache_read), written: number(output) })}</small>}
      </p>
      <Part title={t("sent.asked")} open>
        <pre tabIndex={0} aria-label={t("sent.asked")}>{call.asked.trim()}</pre>
      </Part>
      {call.files.length > 0 && (
        <Part title={t("sent.files", { count: call.files.length })}>
          <ul>
            {call.files.map(({ path, characters, superseded }, at) => (
              <li key={at}>
                <button type="button" className="wb-path" onClick={() => look(path)}>{path}</button>
                <small>{superseded ? t("sent.superseded") : t("sent.characters", { count: number(characters) })}</small>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {call.map.length > 0 && (
        <Part title={t("sent.map")}>
          <pre tabIndex={0} aria-label={t("sent.map")}>{call.map.join("\n")}</pre>
        </Part>
      )}
      {call.others.length > 0 && (
        <Part title={t("sent.others", { count: call.others.length })}>
          <pre tabIndex={0} aria-label={t("sent.others", { count: call.others.length })}>{call.others.join("\n")}</pre>
        </Part>
      )}
      <Part title={t("sent.system")}>
        <pre tabIndex={0} aria-label={t("sent.system")}>{call.system.trim()}</pre>
      </Part>
    </section>
  );
}

function Part({ title, open = false, children }: { title: string; open?: boolean; children: ReactNode }): ReactElement {
  return (
    <details open={open}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
