import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveText } from "../store/live_text";
import type { GenerationText } from "../../client/types";

test("text goes to the file that is open, and known text is not taken twice", () => {
  const live = new LiveText("g");
  live.begin("a", 0);
  assert.deepEqual(live.append({ generation: "g", offset: 0, text: "he🎂" }), { path: "a", text: "he🎂" });
  assert.deepEqual(live.append({ generation: "g", offset: 2, text: "🎂llo" }), { path: "a", text: "llo" });
  assert.equal(live.append({ generation: "g", offset: 0, text: "he" }), null);
  assert.equal(live.end("a"), "he🎂llo");
  assert.equal(live.offset, 6);
});

test("a gap is noticed", () => {
  const live = new LiveText("g");
  live.begin("a", 0);
  assert.throws(() => live.append({ generation: "g", offset: 5, text: "x" }), RangeError);
});

test("a page opened in the middle goes on where the text stands, and replayed events change nothing", () => {
  const arrived = { id: "g", offset: 5, text_files: { a: { text: "abc", closed: true }, b: { text: "de", closed: false } } };
  const live = LiveText.resume(arrived as unknown as GenerationText);
  live.begin("a", 0);
  live.begin("b", 3);
  assert.equal(live.text("a"), "abc");
  live.append({ generation: "g", offset: 5, text: "f" });
  assert.equal(live.end("b"), "def");
});
