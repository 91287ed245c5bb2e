import { type ReactElement, useEffect, useState } from "react";
import { keys } from "../store/api";
import { useProject, useWorkbench } from "../session/context";
import { FileMark, Icon } from "../controls/icons";
import { keyAddress, nextStep, providerOf } from "../store/next_step";
import { isRunning } from "../store/state";
import { number } from "../../client/numbers";
import { money, seconds, t } from "../../client/workbench_texts";
import type { Generation, ProviderKey } from "../../client/types";

/** The number of files shown before the rest is folded away, once the work is done. */
const SHOWN_FILES = 6;
/** Puts its request back into the field so that it can be edited; `another`: the person has to choose another model. */
export type Reword = (generation: Generation, another: boolean) => void;

/** One answer: its summary, its files with their marks, its progress, its cost, and what to do when it failed. */
export function GenerationCard({ generation, latest, reword }: { generation: Generation; latest: boolean; reword: Reword }): ReactElement {
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
      {running ? <Progress generation={generation} /> : <Outcome generation={generation} latest={latest} reword={reword} />}
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
        {(generation.calls ?? 1) > 1 && `${t("workbench.generation.calls", { calls: generation.calls ?? 1 })} · `}
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

function Outcome({ generation, latest, reword }: { generation: Generation; latest: boolean; reword: Reword }): ReactElement {
  const { versions } = useProject();
  const version = versions.find(({ id }) => id === generation.version);
  const { status, error } = generation;
  return (
    <>
      {status !== "done" && (
        <p className={status === "failed" ? "wb-note wb-note-bad" : "wb-note"} role={status === "failed" ? "alert" : undefined}>
          {error?.message ?? t(`workbench.generation.${status === "queued" || status === "running" ? "interrupted" : status}`)}
        </p>
      )}
      {status !== "done" && generation.version === null && latest && <NextStep generation={generation} reword={reword} />}
      <p className="wb-cost">
        {[version && t("workbench.version", { number: version.number }), cost(generation), duration(generation)].filter(Boolean).join(" · ")}
      </p>
    </>
  );
}

/** The one thing to do about an answer that failed or was stopped. */
function NextStep({ generation, reword }: { generation: Generation; reword: Reword }): ReactElement {
  const { store, attempt, setPanel } = useWorkbench();
  const { key, mended, visited } = useAccount(generation);
  const step = nextStep(generation, mended);
  const button = "wb-button wb-primary";
  switch (step) {
    case "key":
      return <a className={button} href={keyAddress(generation.project, generation.model)}>{t("workbench.key")}</a>;
    case "credit":
      return <a className={button} href={key?.credit_page} target="_blank" rel="noreferrer" onClick={visited}>{t("workbench.credit")}</a>;
    case "budget":
      return <button type="button" className={button} onClick={() => (visited(), setPanel("budget"))}>{t("workbench.budget")}</button>;
    case "model":
    case "reword":
      return <button type="button" className={button} onClick={() => reword(generation, step === "model")}>{t(`workbench.${step}`)}</button>;
    default:
      return <button type="button" className={button} onClick={() => attempt(() => store.api.act(generation.id, step))}>{t(`workbench.${step}`)}</button>;
  }
}

/**
 * The provider's key and credit page, and whether the failure may be fixed since: by another key, or by a visit to the
 * page where credit is bought or budgets are set. A person who may not see the keys can only try again.
 */
function useAccount({ id, model, error, finished_at }: Generation): { key: ProviderKey | undefined; mended: boolean; visited: () => void } {
  const visit = `sayso.credit.${id}`;
  const [seen, setSeen] = useState(() => sessionStorage.getItem(visit) !== null);
  const [key, setKey] = useState<ProviderKey | null>();
  const remedy = error?.remedy;
  useEffect(() => {
    if (remedy !== "key" && remedy !== "credit") return;
    // The key may be set in another tab: look again when the person comes back to this one.
    const look = (): void => void keys().then(
      (answer) => setKey(answer.keys.find(({ provider }) => provider === providerOf(model)) ?? null),
      (problem: unknown) => {
        console.warn("the key's state is not known", problem);
        setKey(null);
      },
    );
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [remedy, model]);
  const visited = (): void => {
    sessionStorage.setItem(visit, "");
    setSeen(true);
  };
  const changed = key?.set === true && key.since !== null && finished_at !== null && key.since > finished_at;
  return { key: key ?? undefined, mended: key === null || (remedy === "key" ? changed : seen), visited };
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
