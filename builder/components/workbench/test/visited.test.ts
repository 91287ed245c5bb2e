import assert from "node:assert/strict";
import { test } from "node:test";
import { after, arrived, before, FIRST } from "../session/frame/visited";

const at = (...paths: string[]) => paths.reduce((visited, path) => arrived(visited, path, false), FIRST);

test("back and forward lead over the pages that the app showed", () => {
  const shown = at("/", "/recipes", "/recipes/3");
  assert.equal(before(shown), "/recipes");
  assert.equal(after(shown), null);
  const back = arrived(shown, "/recipes", false);
  assert.deepEqual([before(back), after(back)], ["/", "/recipes/3"]);
  const elsewhere = arrived(back, "/about", false);
  assert.deepEqual([before(elsewhere), after(elsewhere)], ["/recipes", null]);
});

test("a page that is shown again, or takes the place of another, is no step of its own", () => {
  assert.equal(before(at("/", "/")), null);
  const signedIn = arrived(at("/", "/login"), "/home", true);
  assert.equal(before(signedIn), "/");
});
