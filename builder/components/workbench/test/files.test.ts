import assert from "node:assert/strict";
import { test } from "node:test";
import { alike, codePoints, difference, dropCodePoints, pathProblem, withChanges } from "../store/files";
import { smallestEdit } from "../store/text/smallest_edit";

test("offsets count code points, as the server's do", () => {
  assert.equal(codePoints("a𝒳b"), 3);
  assert.equal(codePoints("🎂🎂"), 2);
  assert.equal(dropCodePoints("a𝒳b", 2), "b");
  assert.equal(dropCodePoints("abc", 9), "");
});

test("the difference of two trees turns one into the other", () => {
  const before = { a: "1", b: "2", c: new Uint8Array([1]) };
  const after = { a: "1", b: "3", d: "4" };
  assert.deepEqual(withChanges(before, difference(before, after)), after);
  assert.deepEqual(difference(before, { ...before, c: new Uint8Array([1]) }), { put: {}, delete: [] });
});

test("a path the server would refuse is refused before it is asked", () => {
  assert.equal(pathProblem("src/pages/About.tsx"), null);
  for (const path of ["../x", "/etc/passwd", "a//b", "C:/x", "./x"]) assert.equal(pathProblem(path), "relative", path);
  for (const path of ["a\0b", "CON", "src/nul.txt", "a ", "what?.ts", "a."]) assert.equal(pathProblem(path), "characters", path);
  assert.equal(pathProblem("x".repeat(300)), "long");
  assert.equal(pathProblem("src/"), "empty");
});

test("a name that Windows or a Mac takes for another one is found before the server is asked", () => {
  const paths = ["src/App.tsx", "lib", "caf\u00e9.txt", "straße.ts"];
  const cases: [string, string | null][] = [
    ["src/app.tsx", "src/App.tsx"], ["SRC/App.tsx", "src/App.tsx"], ["src/APP.TSX/index.ts", "src/App.tsx"],
    ["Lib/index.ts", "lib"], ["cafe\u0301.txt", "caf\u00e9.txt"], ["STRASSE.ts", "straße.ts"], ["Src", "src"],
    ["src/App.tsx", null], ["src/Apple.tsx", null], ["Src/other.tsx", null], ["cafe.txt", null],
  ];
  for (const [path, found] of cases) assert.equal(alike(path, paths), found, path);
});

test("the smallest edit makes the one text of the other and cuts no character apart", () => {
  const cases: [string, string][] = [["", "abc"], ["abc", ""], ["aXc", "aYc"], ["aaa", "aa"], ["x🎂y", "x🎉y"], ["same", "same"]];
  for (const [old, text] of cases) {
    const { start, end, insert } = smallestEdit(old, text);
    assert.equal(old.slice(0, start) + insert + old.slice(end), text);
    assert.ok(insert.isWellFormed(), `${old} → ${text}`);
  }
});
