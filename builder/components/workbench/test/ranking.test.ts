import assert from "node:assert/strict";
import { test } from "node:test";
import { best, rank } from "../palette/ranking";

const PATHS = ["src/App.tsx", "src/app/state.ts", "src/components/AppBar.tsx", "src/style.css", "package.json"];
const found = (typed: string): string[] => best(PATHS, typed, (one) => one, 3);

test("the name of a file goes before the name of its folder", () => {
  assert.equal(found("app")[0], "src/App.tsx");
  assert.equal(found("state")[0], "src/app/state.ts");
});

test("beginnings of words are enough, in their order", () => {
  assert.deepEqual(found("cab"), ["src/components/AppBar.tsx"]);
  assert.deepEqual(found("stycss"), ["src/style.css"]);
  assert.equal(rank("xyz", "src/App.tsx"), null);
});
