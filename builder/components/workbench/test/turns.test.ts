import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, reduce, type State } from "../store/state";
import { Talk } from "../store/talk";
import { activeTurn, awaitedCheck, isBusy, waitingTurns, worked } from "../store/turns";
import type { Turn, TurnStep } from "../../client/types";

const NO_TOKENS = { input: 0, output: 0, cache_read: 0, cache_write: 0 };
const step = (kind: TurnStep["kind"], changes: Partial<TurnStep> = {}): TurnStep => ({
  id: `${kind} step`, number: 1, kind, status: "running", model: "", model_label: "", tokens: NO_TOKENS, cost_usd: 0, generation: null,
  version: null, started_at: "2026-11-24T10:00:00.000000Z", finished_at: null, ...changes,
});
const turn = (id: string, status: Turn["status"], steps: TurnStep[] = []): Turn => ({
  id, project: "p", prompt: id, mode: "build", model: "", status, outcome: "", base: null, version: null, questions: [], plan: null, error: null,
  followed_by: null, steps, tokens: NO_TOKENS, cost_usd: 0, created_at: "", finished_at: null,
});
const after = (...turns: Turn[]): State => turns.reduce((state, one) => reduce(state, { kind: "turn_changed", data: { turn: one } }), EMPTY);
const at = (state: State, head: string): State => ({ ...state, project: { head } as State["project"] });

test("a turn runs, others wait for it, and what is told later takes the place of what was", () => {
  const state = after(turn("a", "running", [step("plan")]), turn("b", "queued"), turn("c", "queued"), turn("b", "stopped"));
  assert.equal(activeTurn(state)?.id, "a");
  assert.deepEqual(waitingTurns(state).map(({ id }) => id), ["c"]);
  assert.equal(isBusy(state), true);
});

test("a turn that waits for a page to look holds nobody up", () => {
  const state = at(after(turn("a", "running", [step("check", { version: "v1" })])), "v1");
  assert.equal(isBusy(state), false);
  assert.equal(awaitedCheck(state)?.version, "v1");
  assert.equal(awaitedCheck(at(state, "v2")), null, "another version is seen");
  assert.equal(awaitedCheck(at(after(turn("a", "running", [step("check", { version: "v1", status: "done" })])), "v1")), null);
});

test("the time a person takes to answer is not the turn's", () => {
  const asked = step("understand", { finished_at: "2026-11-24T10:00:02.000000Z" });
  const wrote = step("write", { started_at: "2026-11-24T11:00:00.000000Z", finished_at: "2026-11-24T11:00:03.500000Z" });
  assert.equal(worked(turn("a", "done", [asked, wrote, step("check")])), 5_500);
});

test("an answer in words is put together from its frames, each once", () => {
  const talk = new Talk();
  const frame = (offset: number, text: string, generation = "s") => talk.hear({ generation, offset, text });
  frame(0, "You kéep 🐑");
  frame(4, "kéep 🐑 it");
  frame(20, "too far");
  assert.equal(talk.of("s"), "You kéep 🐑 it");
  assert.equal(talk.of("other"), "");
  frame(0, "Next", "other");
  assert.equal(talk.of("other"), "Next");
});
