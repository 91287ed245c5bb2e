import type { Walk, WalkStep } from "$/runtime/engine/walk.ts";

/** A walk while a person records it. */

/** `key`: what the page calls the step; it tells of it again when the same thing goes on. */
export interface Recorded {
  key: string;
  step: WalkStep;
}

const MOST_STEPS = 100;
const VIEWPORT = { width: 1280, height: 800 };
const SMALLEST = 200;
const LARGEST = 4_000;
const MOST_NAME = 60;

/** With a step that is new, or goes on. */
export function withStep(steps: readonly Recorded[], key: string, step: WalkStep): readonly Recorded[] {
  const at = steps.findIndex((one) => one.key === key);
  if (at < 0) return steps.length < MOST_STEPS ? [...steps, { key, step }] : steps;
  return steps.with(at, { key, step });
}

export const withoutStep = (steps: readonly Recorded[], key: string): readonly Recorded[] => steps.filter((one) => one.key !== key);

/** With the window's size, where that of every walk is another. Only its width changes what an app shows. */
export function withSize(steps: readonly Recorded[], width: number, height: number): readonly Recorded[] {
  const within = (length: number): number => Math.min(LARGEST, Math.max(SMALLEST, Math.round(length)));
  const viewport = { width: within(width), height: within(height) };
  const before = steps.findLast(({ step }) => "viewport" in step)?.step;
  const now = before && "viewport" in before ? before.viewport : VIEWPORT;
  if (viewport.width === now.width) return steps;
  const last = steps.at(-1);
  const kept = last && "viewport" in last.step ? steps.slice(0, -1) : steps;
  return [...kept, { key: `viewport.${steps.length}`, step: { viewport } }];
}

/** Whether there is something in it that a person did or expects. */
export const isWorthPlaying = (steps: readonly Recorded[]): boolean => steps.some(({ step }) => !("viewport" in step));

export const expectsSomething = (steps: readonly Recorded[]): boolean => steps.some(({ step }) => "see" in step || "not_see" in step);

export const asWalk = (title: string, steps: readonly Recorded[]): Walk => ({ title, steps: steps.map(({ step }) => step) });

export const asFile = (walk: Walk): string => `${JSON.stringify(walk, null, 2)}\n`;

/** A path in walks/ by the walk's title, which no file of `taken` has. */
export function pathFor(title: string, taken: Readonly<Record<string, unknown>>): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, MOST_NAME).replace(/^-|-$/g, "");
  const name = plain || "walk";
  for (let n = 1; ; n++) {
    const path = `walks/${n === 1 ? name : `${name}-${n}`}.json`;
    if (!(path in taken)) return path;
  }
}

/** The words in a step that a person may change; `way` leads to them, `field` says what they are. */
export interface Words {
  way: readonly string[];
  field: "text" | "key" | "name" | "value" | "scope";
  value: string;
}

const OWN: Readonly<Record<string, Words["field"]>> = { type: "text", select: "text", press: "key", value: "value" };
const NAMES = ["name", "label", "placeholder", "text"];

export function wordsIn(step: WalkStep): Words[] {
  return Object.entries(step).flatMap(([name, value]) => {
    const field = OWN[name];
    if (typeof value === "string") return field ? [{ way: [name], field, value }] : [];
    return typeof value === "object" && value !== null ? inTarget(value as Record<string, unknown>, [name], "name") : [];
  });
}

function inTarget(target: Record<string, unknown>, way: readonly string[], field: Words["field"]): Words[] {
  const own = NAMES.flatMap((name) => (typeof target[name] === "string" ? [{ way: [...way, name], field, value: target[name] }] : []));
  const { within } = target;
  return typeof within === "object" && within !== null ? [...own, ...inTarget(within as Record<string, unknown>, [...way, "within"], "scope")] : own;
}

export function withWords(step: WalkStep, way: readonly string[], value: string): WalkStep {
  return put(step as unknown as Record<string, unknown>, way, value) as unknown as WalkStep;
}

function put(part: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: string): Record<string, unknown> {
  return { ...part, [name]: rest.length === 0 ? value : put(part[name] as Record<string, unknown>, rest, value) };
}
