import assert from "node:assert/strict";
import { test } from "node:test";
import { isUndone, spoken, stretches, timeline, undoneVersions } from "../chat/timeline";
import type { Generation, Message, Turn, TurnStep } from "../../client/types";

const NO_TOKENS = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

const message = (id: string, role: "person" | "builder", turn: string | null, generation: string | null = null): Message => ({
  id, role, text: id, generation, turn, created_at: "",
});
const generation = (id: string, turn: string | null, summary = ""): Generation => ({
  id, project: "p", status: "done", model: "m", model_label: "M", offline: false, prompt: "", title: "", summary, files: [],
  tokens: NO_TOKENS, cost_usd: 0, error: null, started_at: null, finished_at: null, version: null, characters: 0, turn,
});
const step = (kind: TurnStep["kind"], made: string | null = null): TurnStep => ({
  id: kind, number: 1, kind, status: "done", model: "", model_label: "", tokens: NO_TOKENS, cost_usd: 0, generation: made, version: null,
  started_at: "", finished_at: "",
});
const turn = (id: string, steps: TurnStep[], followed_by: string | null = null): Turn => ({
  id, project: "p", prompt: id, mode: "build", model: "", status: "done", outcome: "", base: null, version: null, questions: [], plan: null,
  error: null, followed_by, steps, tokens: NO_TOKENS, cost_usd: 0, created_at: "", finished_at: null,
});
const by = <T extends { id: string }>(...all: T[]): Record<string, T> => Object.fromEntries(all.map((one) => [one.id, one]));

test("what a turn wrote and said stands with its request, also what was tried in vain", () => {
  const entries = timeline({
    messages: [message("a", "person", "t", "g1"), message("no", "builder", "t"), message("done", "builder", "t", "g2")],
    generations: by(generation("g1", "t"), generation("g2", "t", "A site.")),
    turns: by(turn("t", [step("write", "g2")])),
  });
  assert.deepEqual(entries.map(({ key, turn: of, said }) => [key, of?.id, said.map(({ text }) => text)]), [["a", "t", ["no"]]]);
});

test("what was asked before there were turns keeps its answer", () => {
  const entries = timeline({ messages: [message("a", "person", null, "g"), message("b", "builder", null, "x")], generations: by(generation("g", null)), turns: {} });
  assert.deepEqual(entries.map(({ key }) => key), ["a", "g", "b"]);
});

test("requests from before another way was gone stand side by side and are counted", () => {
  const turns = by(turn("t1", [step("write", "g1")], "t3"), turn("t2", [step("discuss")], "t3"), turn("t3", [step("write", "g3")]));
  const messages = [message("a", "person", "t1"), message("b", "person", "t2"), message("answer", "builder", "t2"), message("c", "person", "t3")];
  const found = stretches(timeline({ messages, generations: by(generation("g1", "t1"), generation("g3", "t3")), turns }));
  assert.deepEqual(found.map(({ left, entries }) => [left, spoken(entries)]), [[true, 4], [false, 2]]);
});

const version = (number: number, parent: number | null) => ({
  id: `v${number}`, number, kind: "generation" as const, label: "", created_at: "", parent: parent === null ? null : `v${parent}`, generation: null, files: 1,
});
const at = (head: string) => ({ project: { head } as Parameters<typeof undoneVersions>[0]["project"] });

test("what was undone is known, also after another change, and what is only not listed is not", () => {
  const versions = [version(1, null), version(2, 1), version(3, 1)];
  assert.deepEqual([...undoneVersions({ ...at("v1"), versions })], ["v2", "v3"]);
  assert.deepEqual([...undoneVersions({ ...at("v3"), versions })], ["v2"]);
  assert.deepEqual([...undoneVersions({ ...at("v3"), versions: versions.slice(1) })], []);
  const [entry] = timeline({ messages: [message("a", "person", "t")], generations: {}, turns: by({ ...turn("t", []), version: "v2" }) });
  assert.ok(entry && isUndone(entry, new Set(["v2"])));
  assert.ok(!isUndone(entry, new Set(["v3"])));
});
