import assert from "node:assert/strict";
import { test } from "node:test";
import { changedFiles, pieces, withPieceOf } from "../history/difference";

test("files that came, went and changed", () => {
  const before = { a: "1", b: "1", c: new Uint8Array([1]) };
  assert.deepEqual(changedFiles(before, { b: "2", c: new Uint8Array([1]), d: "" }), [["a", "removed"], ["b", "changed"], ["d", "added"]]);
});

test("each place is taken back by itself", () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
  const before = lines.join("\n");
  const after = lines.flatMap((line, at) => (at === 2 ? ["two", "and a half"] : at === 15 ? [] : [line])).join("\n");
  const found = pieces(before, after);
  assert.deepEqual(found.map(({ lines: shown }) => shown.map(({ kind }) => kind[0]).join("")), ["ssraasss", "sssrsss"]);
  const once = withPieceOf(before, after, found[0]!.hunk);
  assert.deepEqual(pieces(before, once).length, 1);
  assert.equal(withPieceOf(before, once, pieces(before, once)[0]!.hunk), before);
});
