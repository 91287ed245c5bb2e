import assert from "node:assert/strict";
import { test } from "node:test";
import { addressed } from "../preview/address";

const PREVIEW = "http://p-abc.preview.localhost:8000/";

test("the address field leads to pages of the app", () => {
  assert.deepEqual(addressed("recipes/3", PREVIEW), { path: "/recipes/3" });
  assert.deepEqual(addressed(" /a?b=1#c ", PREVIEW), { path: "/a?b=1#c" });
  assert.deepEqual(addressed("", PREVIEW), { path: "/" });
  assert.deepEqual(addressed("http://p-abc.preview.localhost:8000/about?x", PREVIEW), { path: "/about?x" });
});

test("another site's address is no path of the app", () => {
  assert.deepEqual(addressed("http://example.com/", PREVIEW), { elsewhere: "http://example.com/" });
  assert.deepEqual(addressed("https://example.com", PREVIEW), { elsewhere: "https://example.com/" });
  assert.deepEqual(addressed("//example.com/a", PREVIEW), { elsewhere: "http://example.com/a" });
});

test("what only looks like one stays a path", () => {
  assert.deepEqual(addressed("javascript:alert(1)", PREVIEW), { path: "/javascript:alert(1)" });
  assert.deepEqual(addressed("https://", PREVIEW), { path: "/https://" });
});
