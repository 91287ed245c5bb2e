import assert from "node:assert/strict";
import { test } from "node:test";
import { markupProblems } from "../code/language/markup";

const told = (text: string): string[] => markupProblems(text).map(({ code, text: name, from }) => `${code} ${name} ${from}`);

test("a page as it should be has nothing to tell", () => {
  const page = '<!doctype html><!-- <b> --><html><body><p>One<p>Two<ul><li>a<li>b</ul><img src="a>b"><br/><script>if (a < b) "</p>"</script><svg><path d=""/></svg><my-box></my-box></body></html>';
  assert.deepEqual(told(page), []);
});

test("what is not closed, or closes nothing, or is cut off is told with its place", () => {
  assert.deepEqual(told("<div><span>x</div>"), ["open span 5"]);
  assert.deepEqual(told("<div>x"), ["open div 0"]);
  assert.deepEqual(told("x</section>"), ["stray section 1"]);
  assert.deepEqual(told("<script>let a"), ["open script 0"]);
  assert.deepEqual(told('<p>a</p><a href="b"'), ["cut a 8"]);
});
