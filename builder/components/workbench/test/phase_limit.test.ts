import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { isSlow, PhaseLimit, slowCode } from "../session/phase_limit";

test("a phase that lasts too long is named, once, and one that goes on is not", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const told: [string, number][] = [];
  const limit = new PhaseLimit((phase, seconds) => told.push([phase, seconds]));
  limit.enter("boot", "instant");
  mock.timers.tick(19_000);
  limit.enter("dependencies", "instant");
  mock.timers.tick(119_000);
  assert.deepEqual(told, []);
  mock.timers.tick(600_000);
  assert.deepEqual(told, [["dependencies", 120]]);
  limit.enter("painted", "instant");
  limit.enter("queued", "docker"); // it may wait for a place
  mock.timers.tick(600_000);
  assert.equal(told.length, 1);
  limit.enter("boot", "webcontainer");
  limit.end();
  mock.timers.tick(600_000);
  assert.equal(told.length, 1);
  mock.timers.reset();
});

test("its fault can be told from others", () => {
  assert.ok(isSlow(slowCode("boot")));
  assert.ok(!isSlow("blank"));
});
