import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { Changed, Wait } from "./asides";
import { duration, paid } from "./generation_card";
import { useWorkbench } from "../session/context";
import { FileMark, Icon } from "../controls/icons";
import { t } from "../../client/workbench_texts";
import type { CheckReport, Turn, TurnStep } from "../../client/types";

/** One step in a line: what it does or did, what it took, and what it found, folded. `writes`: an answer says the rest. */
export function StepLine({ step, turn, writes }: { step: TurnStep; turn: Turn; writes: boolean }): ReactElement {
  const { store, attempt } = useWorkbench();
  const running = step.status === "running";
  const most = useMostMends(running && step.kind === "mend");
  const wrong = step.kind === "check" && !running && troubles(step.seen ?? null).length > 0;
  const found = details(step, turn);
  const words = title(step, turn, most);
  const took = writes || running ? "" : [step.model && paid(step), duration(step)].filter(Boolean).join(" · ");
  return (
    <div className="wb-step" data-step={step.kind} data-status={step.status}>
      <span className={wrong ? "wb-step-mark wb-bad" : "wb-step-mark"}>
        {wrong ? <Icon name="warning" /> : <FileMark state={running ? "writing" : step.status === "done" ? "done" : "cut"} />}
      </span>
      <div>
        {found.length > 0 && !running
          ? <details open={wrong || step.kind === "free_mend"}><summary>{words}</summary><ul>{found.map((line, at) => <li key={at}>{line}</li>)}</ul></details>
          : <p>{words}</p>}
        <Changed of={step} />
        {running && <Wait id={step.id} />}
        {took && step.model && <p className="wb-took">{took}</p>}
      </div>
      {took && !step.model && <span className="wb-took">{took}</span>}
      {running && !writes && (
        <button type="button" className="wb-button wb-small" onClick={() => attempt(() => store.api.turn(turn.id, "stop"))}>
          <Icon name="stop" />
          {t("workbench.stop")}
        </button>
      )}
    </div>
  );
}

function title(step: TurnStep, turn: Turn, most: number): string {
  const running = step.status === "running";
  switch (step.kind) {
    case "check":
      return running ? t("workbench.turn.check.running") : looked(step);
    case "free_mend":
      return t("workbench.turn.free_mend", { count: step.mends?.length ?? 0 });
    case "mend":
      return running && most > 0
        ? t("workbench.turn.mend.running_of", { attempt: step.attempt ?? 1, most })
        : t(running ? "workbench.turn.mend.running" : "workbench.turn.mend.done", { attempt: step.attempt ?? 1 });
    case "understand":
      if (running) return t("workbench.turn.understand.running");
      return t(turn.questions.length > 0 ? "workbench.turn.understand.asked" : "workbench.turn.understand.clear");
    case "plan":
      if (running) return t("workbench.turn.plan.running");
      return turn.plan?.title ? t("workbench.turn.plan.named", { title: turn.plan.title }) : t("workbench.turn.plan.done");
    default:
      return t(running ? "workbench.generation.thinking" : "workbench.turn.discuss.done");
  }
}

/** "Looked at: it runs, 12 of 12 walk". */
function looked({ seen }: TurnStep): string {
  if (!seen) return "";
  const failed = seen.failed_walks?.length ?? 0;
  const runs = t(!seen.painted ? "workbench.turn.check.blank" : seen.faults?.length ? "workbench.turn.check.fault" : "workbench.turn.check.runs");
  const count = (seen.walked ?? 0) + failed;
  if (seen.not_walked) return `${runs}, ${t("workbench.turn.check.not_walked")}`;
  if (count === 0) return runs;
  const tally = t("workbench.walks.tally", { passed: seen.walked ?? 0, count });
  return `${runs}, ${seen.different ? t("workbench.walks.different", { tally, count: seen.different }) : tally}`;
}

function troubles(seen: CheckReport | null): string[] {
  if (!seen) return [];
  const faults = (seen.faults ?? []).map(({ message, path, line }) => (path ? `${message} (${[path, line || null].filter(Boolean).join(":")})` : message));
  const walks = (seen.failed_walks ?? []).map(({ path, title, what }) => [title || path, what].filter(Boolean).join(": "));
  return [...faults, ...walks, ...(seen.painted || faults.length ? [] : [t("workbench.turn.check.not_painted")])];
}

/** What stands below the line. */
function details(step: TurnStep, { questions, plan, status }: Turn): ReactNode[] {
  switch (step.kind) {
    case "check":
      return [
        ...troubles(step.seen ?? null), ...(step.seen?.not_walked ? [step.seen.not_walked] : []),
        ...(step.walks ?? []).map((path) => t("workbench.turn.check.walk_changed", { path })),
      ];
    case "free_mend":
      return (step.mends ?? []).map(({ says }) => says);
    case "understand":
      return status === "asking" ? [] : questions.map(({ question, answer }) => <>{question} <b>{answer || t("workbench.turn.open")}</b></>);
    case "plan":
      if (status === "planned" || !plan) return [];
      return [
        plan.summary, ...[...(plan.pages ?? []), ...(plan.data ?? []), ...(plan.api ?? [])].map(({ name, what }) => [name, what].filter(Boolean).join(": ")),
        ...(plan.checks ?? []).map((check) => t("workbench.turn.plan.check", { title: check.title })),
      ].filter(Boolean);
    default:
      return [];
  }
}

/** How often a model may mend here; 0 while that is not known. */
function useMostMends(wanted: boolean): number {
  const { store } = useWorkbench();
  const [most, setMost] = useState(0);
  useEffect(() => {
    // Without it the line says which attempt it is, and not of how many.
    if (wanted) store.api.steps().then((choices) => setMost(choices.mends ?? 0), () => setMost(0));
  }, [store, wanted]);
  return most;
}
