import type { Walk, WalkStep, WalkTarget } from "$/runtime/engine/walk.ts";
import type { Difference } from "$/runtime/walks/trace.ts";
import type { WalkResult } from "$/runtime/walks/walks.ts";
import { t } from "../../client/walked_texts";

/** Walks in the words of whoever reads how they went. */

/** What a step does or expects, e.g. `click button “Add”`. */
export function stepWords(step: WalkStep): string {
  if ("type" in step) return t("walked.step.type", { text: step.type, target: targetWords(step.into) });
  if ("press" in step) return t("walked.step.press", { key: step.press });
  if ("select" in step) return t("walked.step.select", { text: step.select, target: targetWords(step.of) });
  if ("drag" in step) return t("walked.step.drag", { target: targetWords(step.drag), goal: targetWords(step.to) });
  if ("open" in step) return t("walked.step.open", { path: step.open });
  if ("back" in step) return t("walked.step.back");
  if ("reload" in step) return t("walked.step.reload");
  if ("viewport" in step) return t("walked.step.viewport", { width: step.viewport.width, height: step.viewport.height });
  if ("wait" in step) return t("walked.step.wait", { seconds: step.wait });
  if ("tab" in step) return t("walked.step.tab", { tab: step.tab });
  if ("store" in step) return t("walked.step.store", { key: step.store });
  if ("stored" in step) return t("walked.step.stored", { text: step.stored });
  if ("at" in step) return t("walked.step.at", { path: step.at });
  if ("see" in step) {
    const { see, seconds: _, ...states } = step;
    const wanted = Object.entries(states).map(([name, value]) => `${name}: ${String(value)}`).join(", ");
    const words = t("walked.step.see", { target: targetWords(see) });
    return wanted ? `${words} (${wanted})` : words;
  }
  if ("not_see" in step) return t("walked.step.not_see", { target: targetWords(step.not_see) });
  if ("click" in step) return t("walked.step.click", { target: targetWords(step.click) });
  if ("double_click" in step) return t("walked.step.double_click", { target: targetWords(step.double_click) });
  if ("hover" in step) return t("walked.step.hover", { target: targetWords(step.hover) });
  if ("check" in step) return t("walked.step.check", { target: targetWords(step.check) });
  return t("walked.step.uncheck", { target: targetWords(step.uncheck) });
}

function targetWords({ role, name, label, placeholder, text, within, nth }: WalkTarget): string {
  const words = name ?? label ?? placeholder ?? text;
  const what = [role, words && `“${words}”`, nth && `#${nth}`].filter(Boolean).join(" ");
  return within ? t("walked.within", { what, scope: targetWords(within) }) : what;
}

/** Why a walk failed, with the step that did, and what was there instead. */
export function whyOf(result: WalkResult, walk: Walk | undefined): string {
  const step = walk?.steps[result.step - 1];
  return [
    step && t("walked.at_step", { step: result.step, words: stepWords(step) }), result.why && t(`walked.why.${result.why}`),
    result.saw.length > 0 && t("walked.saw", { saw: result.saw.join(", ") }),
  ].filter(Boolean).join(" ");
}

/** Where something else than before was first shown, and what. `done` says in words what a step did. */
export function differenceWords({ step, gone, come, looks, behind }: Difference, done: (step: number) => string): string {
  const place = step > 0 ? t("walked.different.step", { step, words: done(step) }) : t("walked.different.start");
  const parts = [
    gone.length > 0 && t("walked.different.gone", { what: gone.join(", ") }),
    come.length > 0 && t("walked.different.come", { what: come.join(", ") }),
    looks.length > 0 && t("walked.different.looks", { what: looks.join(", ") }),
  ].filter(Boolean);
  if (parts.length === 0) parts.push(t(behind ? "walked.different.behind" : "walked.different.order"));
  return [t("walked.different", { place }), ...parts].join(" ");
}
