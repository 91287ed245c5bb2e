import assert from "node:assert/strict";
import { test } from "node:test";
import { mentionAt, mentioned, named } from "../chat/asking/mentions";

const PATHS = ["src/App.tsx", "src/Recipe.tsx", "index.html", "my notes.txt"];

test("a file is named after an @ at the caret, and an address is none", () => {
  assert.deepEqual(mentionAt("look at @rec", 12), { from: 8, typed: "rec" });
  assert.deepEqual(mentionAt("@", 1), { from: 0, typed: "" });
  for (const text of ["me@example.org", "@src/App.tsx and", ""]) assert.equal(mentionAt(text, text.length), null);
  assert.equal(mentionAt("@rec later", 10), null);
});

test("the files that fit come first, and those with spaces cannot be named", () => {
  assert.equal(mentioned(PATHS, { from: 0, typed: "rcpe" })[0], "src/Recipe.tsx");
  assert.deepEqual(mentioned(PATHS, { from: 0, typed: "notes" }), []);
});

test("the name takes the place of what was typed, with one space after it", () => {
  assert.deepEqual(named("in @re make", { from: 3, typed: "re" }, "src/Recipe.tsx"), { text: "in @src/Recipe.tsx make", caret: 19 });
  assert.deepEqual(named("@re", { from: 0, typed: "re" }, "a.ts"), { text: "@a.ts ", caret: 6 });
});
