import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Log, MOST_LINES } from "../session/log";

const line = { level: "error" as const, source: "app" as const, at: 0 };

test("an app that logs in a loop fills neither memory nor the page", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const log = new Log();
  let told = 0;
  log.subscribe(() => told++);
  for (let n = 0; n < 5_000; n++) log.add({ ...line, text: `${n}` });
  mock.timers.tick(100);
  assert.equal(told, 1);
  assert.equal(log.getLines().length, MOST_LINES);
  assert.equal(log.getLines().at(-1)?.text, "4999");
  mock.timers.reset();
});

test("the same line again is counted, and what was seen is no news", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const log = new Log();
  log.add({ ...line, text: "boom" });
  mock.timers.tick(100);
  log.add({ ...line, text: "boom" });
  mock.timers.tick(100);
  assert.equal(log.getLines().length, 1);
  assert.equal(log.getLines()[0]?.times, 2);
  assert.equal(log.errors, 1);
  log.markSeen();
  assert.equal(log.errors, 0);
  mock.timers.reset();
});

test("what was written before the page was opened stands before it", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const log = new Log();
  log.add({ ...line, text: "starting", at: 10 });
  mock.timers.tick(100);
  log.add({ ...line, text: "yesterday", at: 1 });
  log.add({ ...line, text: "ready", at: 20 });
  mock.timers.tick(100);
  assert.deepEqual(log.getLines().map(({ text }) => text), ["yesterday", "starting", "ready"]);
  mock.timers.reset();
});

test("what a half-written app got wrong is not left in the log of the whole one", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const log = new Log();
  log.add({ ...line, text: "imports ./Later, which does not exist", passing: true });
  log.add({ ...line, level: "log", text: "hello" });
  mock.timers.tick(100);
  assert.equal(log.errors, 1);
  log.dropPassing();
  assert.deepEqual(log.getLines().map(({ text }) => text), ["hello"]);
  assert.equal(log.errors, 0);
  mock.timers.reset();
});
