import { type ReactElement, useEffect, useState } from "react";
import { useProject, useWorkbench } from "./context";
import { FileMark, Icon } from "./icons";
import { isRunning } from "./state";
import { money, number, seconds, t } from "./texts";
import type { Generation } from "./types";

/** Files shown before the rest folds away, once the work is done. */
const SHOWN_FILES = 6;
const BILLING = "https://platform.claude.com/settings/billing";

/** One answer: its summary, its files with their marks, how far it is, what it cost, and what to do when it failed. */
export function GenerationCard({ generation, latest }: { generation: Generation; latest: boolean }): ReactElement {
  const { open } = useWorkbench();
  const running = isRunning(generation);
  const [all, setAll] = useState(false);
  const files = running || all ? generation.files : generation.files.slice(0, SHOWN_FILES);
  const hidden = generation.files.length - files.length;
  return (
    <article className="wb-generation" aria-busy={running}>
      {generation.summary ? <p className="wb-answer">{generation.summary}</p> : running && <p className="wb-answer wb-quiet">{t("workbench.generation.thinking")}</p>}
      {generation.files.length > 0 && (
        <ul className="wb-files">
          {files.map(({ path, closed }) => (
            <li key={path}>
              <FileMark state={closed ? "done" : running ? "writing" : "cut"} />
              <button type="button" className="wb-path" onClick={() => open({ path })}>{path}</button>
              <span className="wb-sr">{t(closed ? "workbench.file.done" : running ? "workbench.file.writing" : "workbench.file.cut")}</span>
            </li>
          ))}
        </ul>
      )}
      {hidden > 0 && <button type="button" className="wb-link" onClick={() => setAll(true)}>{t("workbench.generation.more_files", { count: hidden })}</button>}
      {running ? <Progress generation={generation} /> : <Outcome generation={generation} latest={latest} />}
    </article>
  );
}

function Progress({ generation }: { generation: Generation }): ReactElement {
  const { store, attempt } = useWorkbench();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const started = generation.started_at ? Date.parse(generation.started_at) : now;
  const closed = generation.files.filter((file) => file.closed).length;
  const elapsed = Math.max(0, Math.round((now - started) / 1_000));
  return (
    <p className="wb-progress" aria-live="off">
      <span>
        {generation.files.length > 0 && `${t("workbench.generation.files", { done: closed, total: generation.files.length })} · `}
        {t("workbench.time.seconds", { seconds: elapsed })}
      </span>
      <button type="button" className="wb-button wb-small" onClick={() => attempt(() => store.api.act(generation.id, "stop"))}>
        <Icon name="stop" />
        {t("workbench.stop")}
      </button>
    </p>
  );
}

function Outcome({ generation, latest }: { generation: Generation; latest: boolean }): ReactElement {
  const { store, attempt } = useWorkbench();
  const { versions } = useProject();
  const version = versions.find(({ id }) => id === generation.version);
  const { status, error } = generation;
  const remedy = error?.remedy ?? "retry";
  const act = (action: "continue" | "retry") => () => attempt(() => store.api.act(generation.id, action));
  const unfinished = status !== "done" && generation.version === null;
  return (
    <>
      {status !== "done" && (
        <p className={status === "failed" ? "wb-note wb-note-bad" : "wb-note"} role={status === "failed" ? "alert" : undefined}>
          {error?.message ?? t(`workbench.generation.${status === "queued" || status === "running" ? "interrupted" : status}`)}
        </p>
      )}
      {unfinished && latest && remedy !== "none" && (
        <p className="wb-row">
          {(remedy === "continue" || ((status !== "failed" || remedy === "wait") && generation.characters > 0)) && (
            <button type="button" className="wb-button wb-small" onClick={act("continue")}>{t("workbench.continue")}</button>
          )}
          {remedy === "key" && <a className="wb-button wb-small" href={`/#key:${generation.project}`}>{t("workbench.key")}</a>}
          {remedy === "credit" && <a className="wb-button wb-small" href={BILLING} target="_blank" rel="noreferrer">{t("workbench.credit")}</a>}
          <button type="button" className="wb-button wb-small" onClick={act("retry")}>{t("workbench.retry")}</button>
        </p>
      )}
      <p className="wb-cost">
        {[version && t("workbench.version", { number: version.number }), cost(generation), duration(generation)].filter(Boolean).join(" · ")}
      </p>
    </>
  );
}

/** "1,240 tokens · $0.02", or "offline demo · free". */
export function cost({ offline, tokens, cost_usd, model_label }: Generation): string {
  if (offline) return t("workbench.cost.offline");
  const total = tokens.input + tokens.output + tokens.cache_read + tokens.cache_write;
  const paid = cost_usd === null
    ? t("workbench.cost.unknown", { tokens: number(total) })
    : t("workbench.cost.tokens", { tokens: number(total), cost: money(cost_usd) });
  return model_label ? `${model_label} · ${paid}` : paid;
}

function duration({ started_at, finished_at }: Generation): string {
  return started_at && finished_at ? seconds(Date.parse(finished_at) - Date.parse(started_at)) : "";
}
