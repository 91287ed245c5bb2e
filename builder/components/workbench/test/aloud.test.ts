import assert from "node:assert/strict";
import { test } from "node:test";
import { told } from "../chat/aloud";
import { EMPTY, type State } from "../store/state";
import type { Generation, Message, Turn, TurnStep, Version } from "../../client/types";

const step = (kind: TurnStep["kind"], generation: string | null = null) => ({ kind, generation }) as TurnStep;
const turn = (id: string, status: Turn["status"], changes: Partial<Turn> = {}) => ({ id, status, outcome: "", version: null, steps: [], ...changes }) as Turn;
const versions = [{ id: "one", number: 1 }, { id: "two", number: 2 }] as Version[];
const made = turn("a", "done", { outcome: "shown", version: "two", steps: [step("write", "g"), step("check")] });
const state = (turns: Turn[], changes: Partial<State> = {}): State => ({
  ...EMPTY, versions, turns: Object.fromEntries(turns.map((one) => [one.id, one])), generations: { g: { summary: "Here is your board." } as Generation },
  messages: [
    { turn: "a", role: "person", text: "a board" }, { turn: "a", role: "builder", text: "Here is your board." }, { turn: "a", role: "builder", text: "Try it." },
  ] as Message[],
  ...changes,
});

test("what is being done is said by its step, and nothing of the files", () => {
  assert.equal(told(state([turn("a", "running", { steps: [step("plan"), step("write", "g")] })])), "Thinking about it…");
  assert.equal(told(state([turn("a", "running", { steps: [step("check")] })])), "Looking at your app…");
});

test("an answer is said once, whole, with its version and what it came to", () => {
  assert.equal(told(state([made])), "Here is your board. Try it. Version 2. Shown to work.");
});

test("going back says where to", () => {
  assert.equal(told(state([made], { project: { head: "one" } as State["project"] })), "v1 is back");
});

test("what waits is counted, what asks says so, and a failure is left to its alert", () => {
  assert.equal(told(state([turn("a", "running"), turn("b", "queued")])), "Thinking about it… 1 request waits.");
  assert.equal(told(state([turn("a", "asking")])), "There is a question for you.");
  assert.equal(told(state([turn("a", "failed")])), "");
});
