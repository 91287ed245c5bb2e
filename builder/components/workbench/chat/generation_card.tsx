import { lazy, type ReactElement, Suspense, useEffect, useState } from "react";
import { persistently } from "../../client/http";
import { useProject, useWorkbench } from "../session/context";
import { Changed, Thinking, Wait } from "./asides";
import { FileMark, Icon } from "../controls/icons";
import { NextAction, type Reword } from "./next_action";
import { isRunning } from "../store/state";
import { number } from "../../client/numbers";
import { money, seconds, t } from "../../client/workbench_texts";
import type { Generation, ToolUse, TurnStep } from "../../client/types";

const SentDialog = lazy(() => persistently(() => import("../dialogs/sent_dialog")));

/** The number of files shown before the rest is folded away, once the work is done. */
const SHOWN_FILES = 6;

interface CardProps {
  generation: Generation;
  /** The step of a turn that it writes: what that took counts every attempt, also those before this one. */
  step?: TurnStep | undefined;
  latest: boolean;
  reword: Reword;
}

/** One answer: its summary, its files with their marks, its progress, its cost, and what to do when it failed. */
export function GenerationCard({ generation, step, latest, reword }: CardProps): ReactElement {
  const { open } = useWorkbench();
  const { looked } = useProject();
  const running = isRunning(generation);
  const [all, setAll] = useState(false);
  const files = running || all ? generation.files : generation.files.slice(0, SHOWN_FILES);
  const hidden = generation.files.length - files.length;
  return (
    <article className="wb-generation" aria-busy={running}>
      <Changed of={generation} />
      <Thinking id={generation.id} />
      {generation.summary ? <p className="wb-answer">{generation.summary}</p> : running && <p className="wb-answer wb-quiet">{looked?.generation === generation.id ? look(looked) : t("workbench.generation.thinking")}</p>}
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
      <Wait id={generation.id} />
      {running ? <Progress generation={generation} /> : <Outcome generation={generation} step={step} latest={latest} reword={reword} />}
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
    <p className="wb-progress">
      <span>
        {(generation.calls ?? 1) > 1 && `${t("workbench.generation.calls", { calls: generation.calls ?? 1 })} · `}
        {closed > 0 && `${t("workbench.generation.files", { count: closed })} · `}
        {t("workbench.time.seconds", { seconds: elapsed })}
      </span>
      <button type="button" className="wb-button wb-small" onClick={() => attempt(() => store.api.act(generation.id, "stop"))}>
        <Icon name="stop" />
        {t("workbench.stop")}
      </button>
    </p>
  );
}

function Outcome({ generation, step, latest, reword }: CardProps): ReactElement {
  const { store } = useWorkbench();
  const { versions } = useProject();
  const version = versions.find(({ id }) => id === generation.version);
  const [sent, setSent] = useState(false);
  const { status, error } = generation;
  const bad = status === "failed" && error?.remedy !== "decide";
  return (
    <>
      {status !== "done" && (
        <p className={bad ? "wb-note wb-note-bad" : "wb-note"} role={bad ? "alert" : undefined}>
          {error?.message ?? t(`workbench.generation.${status === "queued" || status === "running" ? "interrupted" : status}`)}
        </p>
      )}
      {status !== "done" && generation.version === null && latest && (
        <NextAction broken={generation} reword={reword} goOn={(step) => store.api.act(generation.id, step)} />
      )}
      <p className="wb-cost">
        {[version && t("workbench.version", { number: version.number }), cost(step?.finished_at ? { ...generation, tokens: step.tokens, cost_usd: step.cost_usd } : generation), duration(generation)].filter(Boolean).join(" · ")}
        {!generation.offline && <> · <button type="button" className="wb-link" onClick={() => setSent(true)}>{t("workbench.generation.sent")}</button></>}
      </p>
      {sent && <Suspense><SentDialog generation={generation.id} close={() => setSent(false)} /></Suspense>}
    </>
  );
}

/** "Reads src/App.tsx" */
function look({ name, what }: ToolUse): string {
  return t(`workbench.looks.${name}`, { what });
}

/** "1,240 tokens · $0.02", or "offline demo · free". */
export function cost({ offline, tokens, cost_usd, model_label }: Generation): string {
  if (offline) return t("workbench.cost.offline");
  return paid({ tokens, cost_usd, model_label });
}

/** The same for whatever a model did. */
export function paid({ tokens, cost_usd, model_label }: Pick<TurnStep, "tokens" | "cost_usd" | "model_label">): string {
  const total = tokens.input + tokens.output + tokens.cache_read + tokens.cache_write;
  const said = cost_usd === null
    ? t("workbench.cost.unknown", { tokens: number(total) })
    : t("workbench.cost.tokens", { tokens: number(total), cost: money(cost_usd) });
  const read = total - tokens.output;
  const cached = tokens.cache_read > 0 ? t("workbench.cost.cached", { share: number((100 * tokens.cache_read) / read) }) : "";
  return [model_label, said, cached].filter(Boolean).join(" · ");
}

export function duration({ started_at, finished_at }: Pick<Generation, "started_at" | "finished_at">): string {
  return started_at && finished_at ? seconds(Date.parse(finished_at) - Date.parse(started_at)) : "";
}
