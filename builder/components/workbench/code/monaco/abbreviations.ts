import expand, { extract } from "emmet";
import { monaco } from "./monaco";

const MARKUP = ["html", "javascript", "typescript"];
const STYLES = ["css", "scss", "less"];
/** In code, words with dots are code: only what begins with an element and goes on as no code does is an abbreviation. */
const ELEMENTS = "a|article|aside|button|code|dd|div|dl|dt|em|figure|footer|form|h[1-6]|header|i|img|input|label|li|link|main|nav|ol|option|p|pre|section|select|span|strong|svg|table|tbody|td|textarea|th|thead|tr|ul|video";
const IN_CODE = new RegExp(`^(?:${ELEMENTS})(?:[.#][\\w-]+|[>+*\\[{(^].*)*$`);
/** Monaco's `CompletionItemInsertTextRule.InsertAsSnippet`. */
const SNIPPET = 4;

function suggestion(model: monaco.editor.ITextModel, position: monaco.IPosition, type: "markup" | "stylesheet"): monaco.languages.Completions {
  const language = model.getLanguageId();
  const path = model.uri.path;
  const isCode = type === "markup" && language !== "html";
  if (isCode && !/\.[jt]sx$/.test(path)) return { suggestions: [] };
  const line = model.getLineContent(position.lineNumber);
  const found = extract(line, position.column - 1, { type, lookAhead: true });
  if (!found || (isCode && (!IN_CODE.test(found.abbreviation) || !/(?:^|[>({}])\s*$/.test(line.slice(0, found.start))))) return { suggestions: [] };
  if (isCode && /^[a-z]+\d?$/.test(found.abbreviation) && !/^\s*$/.test(line.slice(0, found.start))) return { suggestions: [] };
  let text: string;
  try {
    text = expand(found.abbreviation, {
      type, syntax: isCode ? "jsx" : type === "markup" ? "html" : language,
      options: { "output.field": (index: number, placeholder: string) => `\${${index}${placeholder && `:${placeholder}`}}`, "jsx.enabled": isCode, "output.selfClosingStyle": isCode ? "xhtml" : "html" },
    });
  } catch {
    return { suggestions: [] }; // half an abbreviation
  }
  if (!text || text === found.abbreviation) return { suggestions: [] };
  const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: found.start + 1, endColumn: found.end + 1 };
  const plain = text.replace(/\$\{\d+:?([^}]*)\}/g, "$1");
  return {
    suggestions: [{
      label: found.abbreviation, filterText: found.abbreviation, insertText: text, insertTextRules: SNIPPET, detail: "Emmet", documentation: plain, range,
      kind: monaco.languages.CompletionItemKind.Snippet, sortText: "0",
    }],
    incomplete: true,
  };
}

const TRIGGERS = [..."!.#>*+$}:0123456789"];
for (const [languages, type] of [[MARKUP, "markup"], [STYLES, "stylesheet"]] as const) {
  for (const id of languages) {
    monaco.languages.registerCompletionItemProvider(id, { triggerCharacters: TRIGGERS, provideCompletionItems: (model, position) => suggestion(model, position, type) });
  }
}
