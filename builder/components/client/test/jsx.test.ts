import assert from "node:assert/strict";
import { test } from "node:test";
import { jsx } from "../jsx";

test("what Reflex puts into css is a style of the element, and everything else stays", () => {
  const shown = jsx("span", { css: { color: "red" }, style: { width: 4 }, title: "A" } as never, "text");
  assert.deepEqual(shown.props, { title: "A", style: { color: "red", width: 4 }, children: "text" });
  assert.deepEqual(jsx("p", null, "a", "b").props, { children: ["a", "b"] });
});
