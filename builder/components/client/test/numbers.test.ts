import assert from "node:assert/strict";
import { test } from "node:test";
import { figures } from "../../servers/server";
import { bytes, money, seconds } from "../workbench_texts";

test("money is written as the pages' language does, and a small cost is not shown as nothing", () => {
  assert.deepEqual([0, 0.004, 0.01, 1.5, 1_234.5].map(money), ["$0.00", "less than $0.01", "$0.01", "$1.50", "$1,234.50"]);
});

test("seconds and sizes have a decimal where it says something", () => {
  assert.deepEqual([940, 9_949, 61_400, 1_200_000].map(seconds), ["0.9 s", "9.9 s", "61 s", "1,200 s"]);
  assert.deepEqual([1, 300_000, 5_000_000, 500_000_000].map(bytes), ["1 kB", "293 kB", "4.8 MB", "477 MB"]);
});

test("so does what a server takes", () => {
  const usage = { cpu: 1.26, memory: 3_145_728, memory_limit: 536_870_912, requests: 1, connections: 2 };
  assert.deepEqual(figures(usage as Parameters<typeof figures>[0])[0], "CPU 1.3 %");
  assert.deepEqual(figures({ ...usage, cpu: 85.4, requests: 0 } as Parameters<typeof figures>[0]).slice(0, 1), ["CPU 85 %"]);
  assert.deepEqual(figures({ ...usage, requests: 1.5 } as Parameters<typeof figures>[0])[2], "1.5 requests/s");
});
