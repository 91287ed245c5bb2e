import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, BOX } from "../graph/layout";

const edges = (...pairs: [string, string][]) => pairs.map(([source, target]) => ({ source, target }));
const at = (layout: ReturnType<typeof arranged>, id: string) => layout.places.get(id) ?? { x: -1, y: -1 };

test("what leads to something stands left of it", () => {
  const layout = arranged(["d", "c", "b", "a"], edges(["a", "b"], ["b", "c"], ["a", "c"], ["c", "d"]));
  assert.ok(at(layout, "a").x < at(layout, "b").x);
  assert.ok(at(layout, "b").x < at(layout, "c").x);
  assert.ok(at(layout, "c").x < at(layout, "d").x);
});

test("a circle is drawn as well, and begins where the rest leads in", () => {
  const layout = arranged(["a", "b", "start"], edges(["start", "a"], ["a", "b"], ["b", "a"], ["a", "a"]));
  assert.ok(at(layout, "start").x < at(layout, "a").x);
  assert.ok(at(layout, "a").x < at(layout, "b").x);
});

test("what nothing leads to stands below the rest", () => {
  const layout = arranged(["alone", "a", "b"], edges(["a", "b"], ["a", "not here"]));
  assert.ok(at(layout, "alone").y >= at(layout, "b").y + BOX.height);
});

test("no two stand on one another, however many there are, and it takes no time", () => {
  const ids = Array.from({ length: 2_000 }, (_, at) => `f${at}`);
  const many = ids.flatMap((id, at) => [{ source: id, target: `f${(at * 7) % 2_000}` }, { source: id, target: `f${Math.floor(at / 3)}` }]);
  const begun = performance.now();
  const layout = arranged(ids, many);
  assert.ok(performance.now() - begun < 3_000);
  assert.equal(layout.places.size, 2_000);
  assert.equal(new Set([...layout.places.values()].map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`)).size, 2_000);
});

test("an empty graph has an empty drawing", () => {
  assert.equal(arranged([], []).places.size, 0);
});
