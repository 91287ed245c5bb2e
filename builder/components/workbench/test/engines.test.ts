import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engines } from "../../client/types";
import { chosenEngine, ENGINES, unavailable } from "../session/engines";

const engines: Engines = {
  runtime_url: "/", preferred: "auto", kind: "docker", reason: "", complete: true, missing: false, front_end: false, no_server: null,
  damaged: [], webcontainer_api_key: "",
};
const wished = (kind: string): void => void Object.assign(globalThis, { localStorage: { getItem: () => kind } });
Object.assign(globalThis, { crossOriginIsolated: true });

test("an app whose pages come from its server is offered no engine that has none", () => {
  assert.match(unavailable("instant", engines) ?? "", /server makes this app's pages/);
  assert.equal(unavailable("docker", engines), null);
  wished("instant");
  assert.equal(chosenEngine("p", engines), "docker");
});

test("a front end is shown at once, with its server beside it", () => {
  const both = { ...engines, front_end: true };
  wished("instant");
  assert.equal(unavailable("instant", both), null);
  assert.equal(chosenEngine("p", both), "instant");
});

test("no engine is offered that is not there", () => {
  assert.ok(!(ENGINES as readonly string[]).includes("pyodide"));
});
