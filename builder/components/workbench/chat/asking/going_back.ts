import { t } from "../../../client/workbench_texts";

/** Whether all that a request says is to undo, or redo, the last change: nobody needs a model for that. */
export function asksToGoBack(text: string): "undo" | "redo" | null {
  const words = text.trim().toLowerCase().replace(/[\s.!]+$/, "");
  if (t("workbench.chat.undo_words").split("|").includes(words)) return "undo";
  return t("workbench.chat.redo_words").split("|").includes(words) ? "redo" : null;
}
