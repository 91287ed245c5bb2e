import { cssDefaults, lessDefaults, scssDefaults } from "monaco-editor/esm/vs/language/css/monaco.contribution.js";
import { listeners } from "../../store/listeners";
import type { Problem } from "../language/problem";
import { monaco } from "../monaco/monaco";

const OWNERS = ["css", "scss", "less"];
const ERROR = 8;
/** Tailwind's and PostCSS's own rules are none of the language. */
const FOREIGN = /^\s*@(?:import|plugin|source|theme|utility|variant|custom-variant|apply|reference|config|tailwind|layer|screen|include)\b/;

for (const defaults of [cssDefaults, scssDefaults, lessDefaults]) {
  defaults.setOptions({ validate: true, lint: { unknownAtRules: "ignore", emptyRules: "ignore", unknownProperties: "warning" } });
  defaults.setModeConfiguration({ completionItems: true, hovers: true, colors: true, diagnostics: true, documentSymbols: true, selectionRanges: false });
}

const told = listeners<void>();
let now: readonly Problem[] = [];

monaco.editor.onDidChangeMarkers(() => {
  const all = OWNERS.flatMap((owner) => monaco.editor.getModelMarkers({ owner })).filter((one) => one.severity === ERROR && one.resource.scheme === "sayso");
  const next = all.filter((one) => !FOREIGN.test(monaco.editor.getModel(one.resource)?.getLineContent(one.startLineNumber) ?? ""));
  if (next.length === 0 && now.length === 0) return;
  now = next.map((one) => ({
    path: one.resource.path.split("/").slice(2).join("/"), line: one.startLineNumber, column: one.startColumn, endLine: one.endLineNumber, endColumn: one.endColumn,
    severity: "error", source: "style", text: one.message,
  }));
  told.tell();
});

/** Mistakes in the style sheets that the editor holds. */
export const styleProblems = { subscribe: (listener: () => void): (() => void) => told.add(listener), get: (): readonly Problem[] => now };
