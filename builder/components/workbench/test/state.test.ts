import assert from "node:assert/strict";
import { test } from "node:test";
import { activeGeneration, applyEdit, EMPTY, isUnfinished, reduce, type State } from "../store/state";
import type { Generation, ProjectEvent, Version } from "../../client/types";

const generation: Generation = {
  id: "g", project: "p", status: "running", model: "m", model_label: "M", offline: false, prompt: "", title: "", summary: "",
  files: [], tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0 }, cost_usd: 0, error: null, started_at: null,
  finished_at: null, version: null, characters: 0,
};

const version: Version = {
  id: "v1", number: 1, kind: "save", label: "", name: "", pinned: false, created_at: "", parent: null, generation: null, files: 1,
};

function after(...events: ProjectEvent[]): State {
  return events.reduce(reduce, EMPTY);
}

test("a generation shows its files as they open and close", () => {
  const state = after(
    { kind: "generation_started", data: { generation } },
    { kind: "field_set", data: { generation: "g", name: "summary", value: "A site." } },
    { kind: "file_opened", data: { generation: "g", path: "a", at: 0 } },
    { kind: "file_closed", data: { generation: "g", path: "a", end: 3 } },
    { kind: "file_opened", data: { generation: "g", path: "b", at: 3 } },
  );
  assert.deepEqual(state.generations["g"]?.files, [{ path: "a", closed: true }, { path: "b", closed: false }]);
  assert.equal(state.generations["g"]?.summary, "A site.");
  assert.equal(state.writing, "b");
  assert.equal(activeGeneration(state)?.id, "g");
});

test("what the model looks at is shown until the next request", () => {
  const used = { generation: "g", name: "read_file", what: "src/a.ts", characters: 9 } as const;
  const looking = after(
    { kind: "generation_started", data: { generation } },
    { kind: "tool_used", data: { ...used, ok: true } },
    { kind: "tool_used", data: { ...used, what: "src/none.ts", ok: false } },
  );
  assert.equal(looking.looked?.what, "src/a.ts");
  assert.equal(reduce(looking, { kind: "generation_started", data: { generation } }).looked, null);
});

test("files that were only edited stay listed when it is done", () => {
  const state = after(
    { kind: "generation_started", data: { generation } },
    { kind: "edit_closed", data: { generation: "g", path: "a", find: "x", replace: "y", applied: true } },
    { kind: "generation_finished", data: { generation: { ...generation, status: "done" } } },
  );
  assert.deepEqual(state.generations["g"]?.files, [{ path: "a", closed: true }]);
  assert.equal(activeGeneration(state), null);
});

test("a version moves the head, is listed once and leaves nothing unsaved", () => {
  const committed: ProjectEvent = {
    kind: "version_committed",
    data: { version, changed: ["a"], deleted: [], head: "v1", can_undo: true, can_redo: false },
  };
  const state = after({ kind: "working_changed", data: { revision: 1, client: "x", put: ["a"], deleted: [] } }, committed, committed);
  assert.equal(state.versions.length, 1);
  assert.equal(state.dirty.size, 0);
});

test("an edit is applied where it fits and left to the server where it does not", () => {
  const edit = { generation: "g", path: "a", find: "red", replace: "$& green", applied: true };
  assert.equal(applyEdit({ a: "a red hat" }, edit), "a $& green hat");
  assert.equal(applyEdit({ a: "a blue hat" }, edit), undefined);
  assert.equal(applyEdit({ a: new Uint8Array() }, edit), undefined);
});

test("an app whose first answer was cut off is unfinished until somebody writes on", () => {
  const project = { id: "p", head: null } as unknown as State["project"];
  const cut: State = { ...EMPTY, load: "ready", project, files: { "package.json": "{}" }, generations: { g: { ...generation, status: "stopped" } } };
  assert.equal(isUnfinished(cut), true);
  assert.equal(isUnfinished({ ...cut, generations: { g: generation } }), false);
  assert.equal(isUnfinished({ ...cut, files: {} }), false);
});

test("thinking is gathered by call, and a wait is over when something comes", () => {
  const wait: ProjectEvent = { kind: "model_waits", data: { generation: "g", reason: "overloaded", provider: "Claude", seconds: 4 } };
  const waiting = after({ kind: "generation_started", data: { generation } }, wait);
  assert.deepEqual(waiting.asides["g"]?.wait, { reason: "overloaded", provider: "Claude", seconds: 4 });
  const changed = { generation: "g", model: "o:b", label: "B", because: "overloaded", instead_of: "M" };
  const taken = reduce(waiting, { kind: "model_changed", data: changed });
  assert.equal(taken.asides["g"]?.wait, null);
  assert.equal(taken.generations["g"]?.model_label, "B");
  assert.deepEqual(taken.generations["g"]?.changed, { because: "overloaded", instead_of: "M" });
  const thought = (call: number, text: string): ProjectEvent => ({ kind: "thought_added", data: { generation: "g", call, text } });
  const thinking = [thought(1, "Hm. "), thought(1, "Yes."), thought(2, "More.")];
  assert.deepEqual([1, 2, 3].map((events) => thinking.slice(0, events).reduce(reduce, taken).asides["g"]?.thinking), ["Hm. ", "Hm. Yes.", "More."]);
});

test("a version that is named and pinned in another tab is named and pinned here", () => {
  const committed = { version, changed: ["a"], deleted: [], head: "v1", can_undo: false, can_redo: false };
  const named = { ...version, name: "First", pinned: true };
  const state = after({ kind: "version_committed", data: committed }, { kind: "version_described", data: { version: named } });
  assert.deepEqual(state.versions, [named]);
});

test("what is locked in another tab is locked here", () => {
  assert.equal(after().locks, null);
  assert.deepEqual(after({ kind: "locks_changed", data: { locks: ["a", "src/"] } }).locks, ["a", "src/"]);
});

test("a step in words waits until the turn is told of again", () => {
  const step = {
    id: "s", number: 1, kind: "plan", status: "running", model: "m", model_label: "M", tokens: generation.tokens, cost_usd: null, generation: null,
    version: null, started_at: "", finished_at: null,
  } as const;
  const turn = {
    id: "t", project: "p", prompt: "", mode: "plan", model: "m", status: "running", outcome: "", base: null, version: null, questions: [], plan: null,
    error: null, followed_by: null, steps: [step], tokens: generation.tokens, cost_usd: null, created_at: "", finished_at: null,
  } as const;
  const waiting = after({ kind: "model_waits", data: { generation: "s", reason: "overloaded", provider: "Claude", seconds: 4 } });
  assert.equal(waiting.asides["s"]?.wait?.seconds, 4);
  assert.equal(reduce(waiting, { kind: "turn_changed", data: { turn: { ...turn, steps: [step], questions: [] } } }).asides["s"]?.wait, null);
});
