import type { WalkStep, WalkTarget } from "$/runtime/engine/walk.ts";
import type { WalkResult } from "$/runtime/walks/walks.ts";
import { t } from "../../client/workbench_texts";
import type { WalksOfVersion } from "./walk_watch";

/** Walks in the words of whoever reads how they went. */

const passed = ({ results }: WalksOfVersion): number => results.filter(({ ok }) => ok).length;
const all = ({ walks, invalid }: WalksOfVersion): number => Object.keys(walks).length + invalid.length;

export const allWalk = (walks: WalksOfVersion): boolean => passed(walks) === all(walks);

/** "12 of 12 walk". What is no walk does not walk. */
export const tally = (walks: WalksOfVersion): string => t("workbench.walks.tally", { passed: passed(walks), count: all(walks) });

/** What a step does or expects, e.g. `click button “Add”`. */
export function stepWords(step: WalkStep): string {
  if ("type" in step) return t("workbench.walks.step.type", { text: step.type, target: targetWords(step.into) });
  if ("press" in step) return t("workbench.walks.step.press", { key: step.press });
  if ("select" in step) return t("workbench.walks.step.select", { text: step.select, target: targetWords(step.of) });
  if ("drag" in step) return t("workbench.walks.step.drag", { target: targetWords(step.drag), goal: targetWords(step.to) });
  if ("open" in step) return t("workbench.walks.step.open", { path: step.open });
  if ("back" in step) return t("workbench.walks.step.back");
  if ("reload" in step) return t("workbench.walks.step.reload");
  if ("viewport" in step) return t("workbench.walks.step.viewport", { width: step.viewport.width, height: step.viewport.height });
  if ("store" in step) return t("workbench.walks.step.store", { key: step.store });
  if ("stored" in step) return t("workbench.walks.step.stored", { text: step.stored });
  if ("at" in step) return t("workbench.walks.step.at", { path: step.at });
  if ("see" in step) {
    const { see, seconds: _, ...states } = step;
    const wanted = Object.entries(states).map(([name, value]) => `${name}: ${String(value)}`).join(", ");
    const words = t("workbench.walks.step.see", { target: targetWords(see) });
    return wanted ? `${words} (${wanted})` : words;
  }
  if ("not_see" in step) return t("workbench.walks.step.not_see", { target: targetWords(step.not_see) });
  if ("click" in step) return t("workbench.walks.step.click", { target: targetWords(step.click) });
  if ("double_click" in step) return t("workbench.walks.step.double_click", { target: targetWords(step.double_click) });
  if ("hover" in step) return t("workbench.walks.step.hover", { target: targetWords(step.hover) });
  if ("check" in step) return t("workbench.walks.step.check", { target: targetWords(step.check) });
  return t("workbench.walks.step.uncheck", { target: targetWords(step.uncheck) });
}

function targetWords({ role, name, label, placeholder, text, within, nth }: WalkTarget): string {
  const words = name ?? label ?? placeholder ?? text;
  const what = [role, words && `“${words}”`, nth && `#${nth}`].filter(Boolean).join(" ");
  return within ? t("workbench.walks.within", { what, scope: targetWords(within) }) : what;
}

/** Why a walk failed; what was there instead is said apart from it. */
export const whyWords = ({ why }: WalkResult): string => (why ? t(`workbench.walks.why.${why}`) : "");
