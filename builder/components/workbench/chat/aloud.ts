import type { State } from "../store/state";
import { waitingTurns } from "../store/turns";
import { t } from "../../client/workbench_texts";
import type { Turn, TurnStep } from "../../client/types";

/** What a step is doing; only what writes has no line of its own. */
const DOING = {
  understand: "workbench.turn.understand.running", plan: "workbench.turn.plan.running", discuss: "workbench.generation.thinking",
  write: "workbench.generation.thinking", free_mend: "workbench.aloud.mending", mend: "workbench.aloud.mending",
  check: "workbench.turn.check.running",
} as const satisfies Record<TurnStep["kind"], string>;

/** What is said of the newest request: a sentence when its step changes, and its answer once, whole. */
export function told(state: State): string {
  const turns = Object.values(state.turns);
  const turn = turns.findLast(({ status }) => status !== "queued");
  const waiting = waitingTurns(state).length;
  return [turn && of(turn, state), waiting > 0 && t("workbench.aloud.waiting", { count: waiting })].filter(Boolean).join(" ");
}

function of(turn: Turn, state: State): string {
  const step = turn.steps.at(-1);
  switch (turn.status) {
    case "running": return step ? t(DOING[step.kind]) : t("workbench.generation.thinking");
    case "asking": case "planned": case "deciding": return t(`workbench.aloud.${turn.status}`);
    case "stopped": case "interrupted": return t(`workbench.turn.${turn.status}`);
    case "done": return wentBack(turn, state) || result(turn, state);
    default: return "";  // a failure is an alert where it stands
  }
}

/** "Version 1 is back." */
function wentBack(turn: Turn, { project, versions }: State): string {
  const number = (of: string | null | undefined): number | undefined => versions.find(({ id }) => id === of)?.number;
  const [made, head] = [number(turn.version), number(project?.head)];
  return made && head && head < made ? t("workbench.versions.restored", { number: head }) : "";
}

/** "Here is a board for your plants. Version 1. Shown to work." */
function result(turn: Turn, { generations, messages, versions }: State): string {
  const written = turn.steps.map((step) => generations[step.generation ?? ""]?.summary ?? "");
  const said = messages.filter((one) => one.turn === turn.id && one.role === "builder" && !written.includes(one.text)).map(({ text }) => text);
  const version = versions.find(({ id }) => id === turn.version);
  return [
    ...written, ...said,
    version && t("workbench.aloud.version", { number: version.number }),
    turn.outcome && `${t(`workbench.turn.${turn.outcome}`)}.`,
  ].filter(Boolean).join(" ");
}
