import assert from "node:assert/strict";
import { test } from "node:test";
import { said } from "../engine_texts";
import { texts } from "../texts";
import { when } from "../times";

const t = texts({ "files#one": "{count} file in {place}", "files#other": "{count} files in {place}", "hello": "Hello {name}" });

test("a text that counts has the form for its number", () => {
  assert.equal(t("files", { count: 1, place: "src" }), "1 file in src");
  assert.equal(t("files", { count: 0, place: "src" }), "0 files in src");
  assert.equal(t("files", { count: "1,200", place: "src" }), "1,200 files in src");
});

test("other texts have their values, and keep what has none", () => {
  assert.equal(t("hello", { name: "Ada" }), "Hello Ada");
  assert.equal(t("hello"), "Hello {name}");
});

test("a moment is told in the words a person would use", () => {
  const now = new Date(2026, 2, 12, 14, 5).getTime();
  const told = (minutes: number): string => when(new Date(now - minutes * 60_000).toISOString(), now);
  assert.equal(told(0), "just now");
  assert.equal(told(1), "1 minute ago");
  assert.equal(told(59), "59 minutes ago");
  assert.equal(told(65), "13:00");
  assert.match(told(60 * 48), /10 Mar|Mar 10/);
});

test("what an engine tells is said in words, and what a tool or an app wrote stays as it is", () => {
  const what = { key: "engine.unknown_file", values: { path: "src/{name}.abc", ending: ".abc" } };
  assert.equal(said({ key: "engine.elsewhere", values: { what } }), "src/{name}.abc is imported, and only a plugin of Vite knows what a .abc file means. The instant preview cannot run that: switch to another engine.");
  assert.equal(said({ key: "phrase.verbatim", values: { text: "Unexpected {token} $&" } }), "Unexpected {token} $&");
  assert.equal(said({ key: "engine.ahead", values: { count: 1 } }), "One other app starts first.");
  assert.equal(said("{plain} text"), "{plain} text");
});
