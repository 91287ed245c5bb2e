import { activeGeneration, type State } from "./state";
import type { Turn, TurnStep } from "../../client/types";

/** The turn that runs: at most one does. */
export function activeTurn({ turns }: Pick<State, "turns">): Turn | null {
  return Object.values(turns).find(({ status }) => status === "running") ?? null;
}

/** Those that wait for it. */
export const waitingTurns = ({ turns }: Pick<State, "turns">): Turn[] => Object.values(turns).filter(({ status }) => status === "queued");

/** The step that waits until a page has looked at the version that is seen; null where none does. */
export function awaitedCheck(state: State): (TurnStep & { version: string }) | null {
  const step = activeTurn(state)?.steps.at(-1);
  if (step?.kind !== "check" || step.status !== "running" || !step.version) return null;
  return step.version === state.project?.head ? { ...step, version: step.version } : null;
}

/** Whether a request has to wait. A turn that only waits for a page to look ends with the next request. */
export function isBusy(state: State): boolean {
  const turn = activeTurn(state);
  return activeGeneration(state) !== null || (turn !== null && turn.steps.at(-1)?.kind !== "check");
}

/** There is an app to look at, and nothing that is written, asked or broken is said of it. */
export function isFinished({ project, turns }: Pick<State, "project" | "turns">): boolean {
  return Boolean(project?.head) && (Object.values(turns).at(-1)?.status ?? "done") === "done";
}

/** It ended before its end, and goes on where it did. */
export const isBroken = ({ status }: Turn): boolean => status === "stopped" || status === "interrupted" || status === "failed";

/** How long its steps took, in ms; what the person took to answer does not count. */
export function worked({ steps }: Turn): number {
  const spans = steps.map(({ started_at, finished_at }) => (finished_at ? Date.parse(finished_at) - Date.parse(started_at) : 0));
  return spans.reduce((sum, span) => sum + span, 0);
}
