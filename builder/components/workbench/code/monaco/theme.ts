import type * as Monaco from "monaco-editor/esm/vs/editor/editor.api.js";

type Rules = { token: string; foreground?: string; fontStyle?: string }[];

/**
 * The text colour of each kind of token, AA on the surfaces of tokens.css. Monaco's own rules are not inherited: they
 * differ per language.
 */
const LIGHT: Record<string, string> = {
  "": "1c1b1a", comment: "6f6a62", keyword: "a0341c", string: "1a6f3c", number: "8a4b00", regexp: "8a4b00", constant: "8a4b00",
  type: "1f5a96", tag: "a0341c", metatag: "6f6a62", "attribute.name": "1f5a96", "attribute.value": "1a6f3c", delimiter: "57534d",
  variable: "1f5a96", annotation: "8a4b00",
};

const DARK: Record<string, string> = {
  "": "eceae6", comment: "8b8f98", keyword: "ff9a76", string: "8fd19e", number: "e8bd74", regexp: "e8bd74", constant: "e8bd74",
  type: "8cbcf5", tag: "ff9a76", metatag: "8b8f98", "attribute.name": "8cbcf5", "attribute.value": "8fd19e", delimiter: "b4b2ae",
  variable: "8cbcf5", annotation: "e8bd74",
};

function rules(dark: boolean): Rules {
  const inks = Object.entries(dark ? DARK : LIGHT).map(([token, foreground]) => ({ token, foreground }));
  return [...inks, { token: "strong", fontStyle: "bold" }, { token: "emphasis", fontStyle: "italic" }];
}

function colors(): Record<string, string> {
  const style = getComputedStyle(document.documentElement);
  // Minified style sheets shorten #ffffff to #fff, which Monaco refuses.
  const token = (name: string): string =>
    style.getPropertyValue(`--${name}`).trim().replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3");
  return {
    "editor.background": token("surface"),
    "editor.foreground": token("ink"),
    "editorLineNumber.foreground": token("muted"),
    "editorLineNumber.dimmedForeground": token("muted"),
    "editorLineNumber.activeForeground": token("ink"),
    "editor.lineHighlightBackground": token("sunken"),
    "editorGutter.background": token("surface"),
    "editorCursor.foreground": token("accent"),
    "editorWidget.background": token("surface"),
    "editorWidget.border": token("line"),
    "input.background": token("page"),
    "focusBorder": token("focus"),
    "scrollbarSlider.background": `${token("line-strong")}55`,
    "scrollbarSlider.hoverBackground": `${token("line-strong")}88`,
    "scrollbarSlider.activeBackground": `${token("line-strong")}aa`,
    ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, token("muted")])),
  };
}

/** The editor in the page's colours; it changes with the page between light and dark. */
export function followTheme(monaco: typeof Monaco): void {
  const root = document.documentElement;
  const apply = (): void => {
    const dark = root.classList.contains("dark");
    monaco.editor.defineTheme("sayso", {
      base: dark ? "vs-dark" : "vs", inherit: false, rules: rules(dark), colors: colors(),
    });
    monaco.editor.setTheme("sayso");
  };
  apply();
  new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ["class"] });
}
