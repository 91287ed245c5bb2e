import assert from "node:assert/strict";
import { test } from "node:test";
import { keyAddress, nextStep, type Step } from "../store/next_step";
import type { Generation, Remedy } from "../../client/types";

function failed(remedy: Remedy | null, files: string[] = []): Generation {
  return {
    id: "g", project: "p", status: "failed", model: "anthropic:claude", model_label: "M", offline: false, prompt: "", title: "", summary: "",
    files: files.map((path) => ({ path, closed: true })), tokens: { input: 0, output: 0, cache_read: 0, cache_write: 0 },
    cost_usd: 0, error: remedy && { code: "c", message: "m", remedy }, started_at: null, finished_at: null, version: null,
    characters: 0,
  };
}

test("every remedy has one next step", () => {
  const steps: [Remedy, Step][] = [
    ["retry", "retry"], ["wait", "retry"], ["continue", "continue"], ["key", "key"], ["credit", "credit"], ["model", "model"],
    ["shorten", "reword"], ["none", "reword"],
  ];
  for (const [remedy, step] of steps) assert.equal(nextStep(failed(remedy), false), step, remedy);
});

test("once the key is changed or the credit is looked after, the answer is tried again", () => {
  for (const remedy of ["key", "credit"] as const) {
    assert.equal(nextStep(failed(remedy), true), "retry");
    assert.equal(nextStep(failed(remedy, ["a.ts"]), true), "continue");
  }
});

test("an answer that ended without a reason goes on where something is there", () => {
  assert.equal(nextStep(failed(null), false), "retry");
  assert.equal(nextStep(failed(null, ["a.ts"]), false), "continue");
});

test("the key that is asked for is the model's provider's", () => {
  assert.equal(keyAddress("abcd", "openai:gpt-6-luna"), "/#key:abcd:openai");
});
