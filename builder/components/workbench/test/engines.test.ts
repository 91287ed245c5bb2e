import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engines } from "../../client/types";
import { chosenEngine, serverKind, unavailable } from "../session/engines";

const engines: Engines = {
  runtime_url: "/", preferred: "auto", kind: "docker", reason: "", complete: true, missing: false, front_end: false, browser_python: false, no_server: null,
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

test("Python runs in the browser where there is no container, and where a person chooses it", () => {
  const python: Engines = { ...engines, browser_python: true };
  wished("docker");
  assert.equal(chosenEngine("p", python), "docker");
  wished("pyodide");
  assert.equal(chosenEngine("p", python), "pyodide");
  assert.equal(serverKind("p", { ...python, front_end: true }), "pyodide");
  const alone: Engines = { ...python, kind: "pyodide", no_server: "Docker is not installed" };
  wished("instant");
  assert.equal(chosenEngine("p", alone), "pyodide");
  assert.equal(chosenEngine("p", { ...alone, front_end: true }), "instant");
  assert.match(unavailable("pyodide", engines) ?? "", /no Python server/);
});
