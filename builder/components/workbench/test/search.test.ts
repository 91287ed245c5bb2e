import assert from "node:assert/strict";
import { test } from "node:test";
import { pathPattern, type Query, replaced, search } from "../code/finding/search";

const PLAIN: Query = { text: "", regex: false, matchCase: false, word: false, include: "", exclude: "", replace: "" };

test("5,000 files are looked through within 300 ms", () => {
  const line = "const value = compute(left, right); // what a line of code looks like\n";
  const texts = new Map(Array.from({ length: 5_000 }, (_, at) => [`src/part${at % 50}/file${at}.ts`, line.repeat(40) + (at % 10 ? "" : "needle here\n")]));
  const quickest = Math.min(...[1, 2, 3].map(() => search(texts, { ...PLAIN, text: "Needle" }).ms));
  const hits = search(texts, { ...PLAIN, text: "Needle" });
  assert.equal(hits.count, 500);
  assert.ok(quickest <= 300, `${quickest} ms`);
});

test("a place is told with its line, and what it becomes", () => {
  const texts = new Map([["a.ts", "one\n  two two\n"], ["b.css", "two"]]);
  const hits = search(texts, { ...PLAIN, text: "t(w)o", regex: true, replace: "$1$$\\n", include: "*.ts" });
  assert.deepEqual(hits.files.map((one) => one.path), ["a.ts"]);
  assert.deepEqual(hits.files[0]?.matches.map(({ line, at, shown, next }) => [line, at, shown, next]), [[2, 0, "two two", "w$\n"], [2, 4, "two two", "w$\n"]]);
  assert.equal(replaced("two\n", { ...PLAIN, text: "two", replace: "$1" }), "$1\n");
});

test("whole words are those of every script", () => {
  const found = (text: string): number => search(new Map([["a", text]]), { ...PLAIN, text: "är", word: true }).count;
  assert.deepEqual([found("är bär"), found("är_"), found("är.")], [1, 0, 1]);
});

test("a pattern that fits nothing at all ends", () => {
  assert.equal(search(new Map([["a", "x😀y"]]), { ...PLAIN, text: "z*", regex: true }).count, 0);
  assert.notEqual(search(new Map(), { ...PLAIN, text: "(", regex: true }).problem, "");
});

test("paths are chosen by patterns", () => {
  const fits = (pattern: string, path: string): boolean => pathPattern(pattern)?.test(path) ?? true;
  assert.ok(fits("src/**", "src/a/b.ts") && fits("*.css", "src/x.css") && fits("pages", "src/pages/a.ts") && fits("./src", "src/a"));
  assert.ok(fits("**/*.{ts,tsx}", "a.tsx") && fits("", "a") && !fits("src/*.ts", "src/a/b.ts") && !fits("*.css", "x.css2"));
});
