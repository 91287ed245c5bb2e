import type * as Monaco from "monaco-editor/esm/vs/editor/editor.api.js";

type Rules = { token: string; foreground: string; fontStyle?: string }[];

// AA on the surfaces of tokens.css.
const LIGHT: Rules = [
  { token: "comment", foreground: "6f6a62" },
  { token: "keyword", foreground: "a0341c" },
  { token: "string", foreground: "1a6f3c" },
  { token: "number", foreground: "8a4b00" },
  { token: "regexp", foreground: "8a4b00" },
  { token: "type", foreground: "1f5a96" },
  { token: "tag", foreground: "a0341c" },
  { token: "attribute.name", foreground: "1f5a96" },
  { token: "attribute.value", foreground: "1a6f3c" },
  { token: "delimiter", foreground: "57534d" },
];

const DARK: Rules = [
  { token: "comment", foreground: "8b8f98" },
  { token: "keyword", foreground: "ff9a76" },
  { token: "string", foreground: "8fd19e" },
  { token: "number", foreground: "e8bd74" },
  { token: "regexp", foreground: "e8bd74" },
  { token: "type", foreground: "8cbcf5" },
  { token: "tag", foreground: "ff9a76" },
  { token: "attribute.name", foreground: "8cbcf5" },
  { token: "attribute.value", foreground: "8fd19e" },
  { token: "delimiter", foreground: "b4b2ae" },
];

function colors(): Record<string, string> {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    "editor.background": token("surface"),
    "editor.foreground": token("ink"),
    "editorLineNumber.foreground": token("line-strong"),
    "editorLineNumber.activeForeground": token("ink"),
    "editor.lineHighlightBackground": token("sunken"),
    "editorGutter.background": token("surface"),
    "editorCursor.foreground": token("accent"),
    "editorWidget.background": token("surface"),
    "editorWidget.border": token("line"),
    "input.background": token("page"),
    "focusBorder": token("focus"),
  };
}

/** The editor in the page's colours; follows when the page changes between light and dark. */
export function followTheme(monaco: typeof Monaco): void {
  const root = document.documentElement;
  const apply = (): void => {
    const dark = root.classList.contains("dark");
    monaco.editor.defineTheme("sayso", {
      base: dark ? "vs-dark" : "vs", inherit: true, rules: dark ? DARK : LIGHT, colors: colors(),
    });
    monaco.editor.setTheme("sayso");
  };
  apply();
  new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ["class"] });
}
