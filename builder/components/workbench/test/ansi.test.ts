import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces, plain } from "../logs/ansi";

const E = "\u001b";

test("a line without colours is as it is", () => {
  assert.deepEqual(pieces("GET / 200"), [{ text: "GET / 200", look: "" }]);
  assert.equal(plain("GET / 200"), "GET / 200");
});

test("words keep their colours, until they end", () => {
  assert.deepEqual(pieces(`${E}[32mINFO${E}[0m:     ${E}[1;31mbad${E}[22;39m ok`), [
    { text: "INFO", look: "wb-ansi-green" },
    { text: ":     ", look: "" },
    { text: "bad", look: "wb-ansi-red wb-ansi-bold" },
    { text: " ok", look: "" },
  ]);
  assert.deepEqual(pieces(`${E}[94mblue${E}[m`), [{ text: "blue", look: "wb-ansi-blue" }]);
});

test("of many colours those with names are shown, and what follows them is not lost", () => {
  assert.deepEqual(pieces(`${E}[38;5;9;1ma${E}[38;2;10;20;30;4mb${E}[48;5;200mc`), [
    { text: "a", look: "wb-ansi-red wb-ansi-bold" },
    { text: "b", look: "wb-ansi-bold wb-ansi-underline" },
    { text: "c", look: "wb-ansi-bold wb-ansi-underline" },
  ]);
});

test("what moves a cursor, sets a title or makes a link leaves only words", () => {
  assert.equal(plain(`${E}[2K${E}[1Gdone ${E}]8;;https://example.org${E}\\here${E}]8;;${E}\\${E}]0;title\u0007${E}(B!`), "done here!");
  assert.equal(plain(`cut ${E}[3`), "cut 3");
});

test("a progress bar shows how far it came last", () => {
  assert.equal(plain("10 %\r50 %\r100 %\r"), "100 %");
});
