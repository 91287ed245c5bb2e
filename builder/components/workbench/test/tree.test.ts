import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, rows } from "../code/files/tree";

const PATHS = ["package.json", "src/App.tsx", "src/lib/a.ts", "src/lib/b.ts"];

test("folders come first, and a closed one hides what is in it", () => {
  assert.deepEqual(rows(PATHS, new Set()).map((row) => row.path), [
    "src", "src/lib", "src/lib/a.ts", "src/lib/b.ts", "src/App.tsx", "package.json",
  ]);
  assert.deepEqual(rows(PATHS, new Set(["src/lib"])).map((row) => row.path), ["src", "src/lib", "src/App.tsx", "package.json"]);
});

test("a folder stands for all that is below it", () => {
  assert.deepEqual(filesOf("src/lib", PATHS), ["src/lib/a.ts", "src/lib/b.ts"]);
  assert.deepEqual(filesOf("src/App.tsx", PATHS), ["src/App.tsx"]);
});
