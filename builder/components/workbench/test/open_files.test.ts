import assert from "node:assert/strict";
import { test } from "node:test";
import { close, closeOthers, follow, keep, NONE_OPEN, pick, renamed } from "../code/open_files";

test("the editor follows the file that is written, in one tab", () => {
  let open = pick(NONE_OPEN, "index.html", null);
  for (const path of ["src/a.ts", "src/b.ts", "index.html", "src/c.ts"]) open = follow(open, path, "one");
  assert.deepEqual(open.paths, ["index.html", "src/c.ts"]);
  assert.equal(open.active, "src/c.ts");
});

test("a file that the person chose stays, until the next generation", () => {
  let open = pick(follow(NONE_OPEN, "src/a.ts", "one"), "src/a.ts", "one");
  open = follow(open, "src/b.ts", "one");
  assert.equal(open.active, "src/a.ts");
  open = follow(open, "src/b.ts", "two");
  assert.equal(open.active, "src/b.ts");
  assert.deepEqual(open.paths, ["src/a.ts", "src/b.ts"]);
});

test("closing the shown tab shows its neighbour", () => {
  const open = pick(pick(pick(NONE_OPEN, "a", null), "b", null), "c", null);
  assert.equal(close(open, "c", null).active, "b");
  assert.equal(close(open, "a", null).active, "c");
  assert.equal(close(pick(NONE_OPEN, "a", null), "a", null).active, null);
});

test("a moved file keeps its tab", () => {
  const open = renamed(follow(NONE_OPEN, "a", "one"), "a", "src/a");
  assert.deepEqual([open.paths, open.active, open.passing], [["src/a"], "src/a", "src/a"]);
});

test("a file that is only looked at gives its tab to the next, until it is kept", () => {
  let open = pick(pick(pick(NONE_OPEN, "a", null), "b", null, true), "c", null, true);
  assert.deepEqual([open.paths, open.passing], [["a", "c"], "c"]);
  open = pick(keep(open, "c"), "d", null, true);
  assert.deepEqual([open.paths, open.passing], [["a", "c", "d"], "d"]);
  open = pick(open, "d", null);
  assert.equal(open.passing, null);
  assert.deepEqual(closeOthers(open, "c", null).paths, ["c"]);
});
