import assert from "node:assert/strict";
import { test } from "node:test";
import type { WalkStep } from "$/runtime/engine/walk.ts";
import { expectsSomething, isWorthPlaying, pathFor, type Recorded, withoutStep, withSize, withStep, withWords, wordsIn } from "../recording/recorded.ts";

const ADD: WalkStep = { click: { role: "button", name: "Add" } };
const typed = (text: string): WalkStep => ({ type: text, into: { label: "Title" } });
const of = (...steps: WalkStep[]): readonly Recorded[] => steps.map((step, at) => ({ key: `1.${at}`, step }));

test("a step that goes on takes its own place, and one that was deleted comes back at the end", () => {
  const steps = withStep(withStep(of(typed("D"), ADD), "1.0", typed("Du")), "1.0", typed("Dune"));
  assert.deepEqual(steps.map(({ step }) => step), [typed("Dune"), ADD]);
  assert.deepEqual(withStep(withoutStep(steps, "1.0"), "1.0", typed("Emma")).map(({ step }) => step), [ADD, typed("Emma")]);
});

test("a walk takes no more steps than its file may have", () => {
  const full = of(...Array.from({ length: 100 }, () => ADD));
  assert.equal(withStep(full, "2.0", ADD).length, 100);
  assert.deepEqual(withStep(full, "1.99", typed("x")).at(-1)?.step, typed("x"));
});

test("the window's width is a step where it is another than that of every walk, and only its last one", () => {
  assert.deepEqual(withSize([], 1280, 500), []);
  const narrow = withSize([], 390.4, 100);
  assert.deepEqual(narrow.map(({ step }) => step), [{ viewport: { width: 390, height: 200 } }]);
  assert.equal(withSize(narrow, 390, 700), narrow);
  assert.deepEqual(withSize(narrow, 600, 700).map(({ step }) => step), [{ viewport: { width: 600, height: 700 } }]);
  const acted = withSize([...narrow, ...of(ADD)], 600, 700);
  assert.deepEqual(acted.map(({ step }) => step).slice(1), [ADD, { viewport: { width: 600, height: 700 } }]);
  assert.equal(isWorthPlaying(narrow), false);
  assert.equal(isWorthPlaying(acted), true);
  assert.equal(expectsSomething(acted), false);
  assert.equal(expectsSomething(of({ see: { text: "Dune" } })), true);
});

test("a file is named by the title, and takes no other's place", () => {
  assert.equal(pathFor("A book is added!", {}), "walks/a-book-is-added.json");
  assert.equal(pathFor("Ação é só", { "walks/acao-e-so.json": "" }), "walks/acao-e-so-2.json");
  assert.equal(pathFor("本", { "walks/walk.json": "", "walks/walk-2.json": "" }), "walks/walk-3.json");
});

test("the words of a step can be changed, wherever they stand", () => {
  const step: WalkStep = { see: { role: "button", name: "Remove", within: { role: "listitem", name: "Dune", nth: 2 } }, value: "1" };
  assert.deepEqual(wordsIn(step).map(({ field, value }) => [field, value]), [["name", "Remove"], ["scope", "Dune"], ["value", "1"]]);
  assert.deepEqual(withWords(step, ["see", "within", "name"], "Emma"), { ...step, see: { role: "button", name: "Remove", within: { role: "listitem", name: "Emma", nth: 2 } } });
  assert.deepEqual(wordsIn({ reload: true }), []);
  assert.deepEqual(wordsIn({ viewport: { width: 390, height: 800 } }), []);
  assert.deepEqual(withWords({ press: "Enter", on: { label: "Title" } }, ["press"], "Escape"), { press: "Escape", on: { label: "Title" } });
});
