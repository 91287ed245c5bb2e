/**
 * Monaco in parts: the editor with the actions imported here. What code means is asked of a worker of our own
 * (`../language`), which knows the whole project; style sheets have Monaco's.
 */
import "monaco-editor/esm/vs/editor/contrib/bracketMatching/browser/bracketMatching.js";
import "monaco-editor/esm/vs/editor/contrib/clipboard/browser/clipboard.js";
import "monaco-editor/esm/vs/editor/contrib/comment/browser/comment.js";
import "monaco-editor/esm/vs/editor/contrib/contextmenu/browser/contextmenu.js";
import "monaco-editor/esm/vs/editor/contrib/find/browser/findController.js";
import "monaco-editor/esm/vs/editor/contrib/folding/browser/folding.js";
import "monaco-editor/esm/vs/editor/contrib/gotoError/browser/gotoError.js";
import "monaco-editor/esm/vs/editor/contrib/gotoSymbol/browser/goToCommands.js";
import "monaco-editor/esm/vs/editor/contrib/gotoSymbol/browser/link/goToDefinitionAtPosition.js";
import "monaco-editor/esm/vs/editor/contrib/hover/browser/hoverContribution.js";
import "monaco-editor/esm/vs/editor/contrib/inlineCompletions/browser/inlineCompletions.contribution.js";
import "monaco-editor/esm/vs/editor/contrib/linesOperations/browser/linesOperations.js";
import "monaco-editor/esm/vs/editor/contrib/multicursor/browser/multicursor.js";
import "monaco-editor/esm/vs/editor/contrib/suggest/browser/suggestController.js";
import "monaco-editor/esm/vs/editor/contrib/wordOperations/browser/wordOperations.js";
import "monaco-editor/esm/vs/editor/standalone/browser/quickAccess/standaloneGotoLineQuickAccess.js";
import * as monaco from "monaco-editor/esm/vs/editor/editor.api.js";
import { LANGUAGES } from "./languages";
import { followTheme } from "./theme";

declare global {
  interface Window {
    MonacoEnvironment?: { getWorker: (module: string, label: string) => Worker };
  }
}

const STYLES = new Set(["css", "scss", "less"]);

self.MonacoEnvironment = {
  getWorker: (_module, label) =>
    STYLES.has(label)
      ? new Worker(new URL("./css_worker.ts", import.meta.url), { type: "module" })
      : new Worker(new URL("./editor_worker.ts", import.meta.url), { type: "module" }),
};

for (const [id, { language, conf }] of Object.entries(LANGUAGES)) {
  monaco.languages.register({ id });
  monaco.languages.setMonarchTokensProvider(id, language);
  monaco.languages.setLanguageConfiguration(id, conf);
  // Completes with the words of the file itself. Monaco's own word completion asks its worker, another 68 kB.
  monaco.languages.registerCompletionItemProvider(id, { provideCompletionItems: words });
}
followTheme(monaco);

const MOST_WORDS = 2_000;

function words(model: monaco.editor.ITextModel, position: monaco.IPosition): { suggestions: monaco.languages.Completion[] } {
  const typed = model.getWordUntilPosition(position);
  const found = new Set<string>();
  for (const [word] of model.getValue().matchAll(/[\p{L}_$][\p{L}\p{N}_$-]{2,}/gu)) {
    if (word !== typed.word) found.add(word);
    if (found.size >= MOST_WORDS) break;
  }
  const range = {
    startLineNumber: position.lineNumber, endLineNumber: position.lineNumber,
    startColumn: typed.startColumn, endColumn: typed.endColumn,
  };
  const kind = monaco.languages.CompletionItemKind.Text;
  return { suggestions: [...found].map((word) => ({ label: word, insertText: word, kind, range })) };
}

export { monaco };
