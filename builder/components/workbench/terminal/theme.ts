import type { ITheme } from "@xterm/xterm";

/**
 * The sixteen colours that programs use, AA on the surfaces of tokens.css; xterm raises the contrast of other colours.
 */
const LIGHT: ITheme = {
  black: "#1c1b1a", red: "#b3261e", green: "#1a7437", yellow: "#8a5300", blue: "#1f5a96", magenta: "#8b3a9c", cyan: "#0b6b75", white: "#66625c",
  brightBlack: "#6f6a62", brightRed: "#c93f08", brightGreen: "#1a6f3c", brightYellow: "#8a4b00", brightBlue: "#1c5fd4",
  brightMagenta: "#a0349c", brightCyan: "#0f7480", brightWhite: "#1c1b1a",
};
const DARK: ITheme = {
  black: "#6e737d", red: "#ff8a80", green: "#6cc586", yellow: "#e3b15b", blue: "#8cbcf5", magenta: "#d7a6ea", cyan: "#74c7cf", white: "#c9c7c3",
  brightBlack: "#8b8f98", brightRed: "#ff9a76", brightGreen: "#8fd19e", brightYellow: "#e8bd74", brightBlue: "#8ab4ff",
  brightMagenta: "#e3bdf2", brightCyan: "#93dbe2", brightWhite: "#eceae6",
};

export function theme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const dark = document.documentElement.classList.contains("dark");
  return {
    ...(dark ? DARK : LIGHT),
    background: token("surface"),
    foreground: token("ink"),
    cursor: token("accent"),
    cursorAccent: token("surface"),
    selectionBackground: dark ? "#3b4452" : "#d5dff2",
    selectionInactiveBackground: dark ? "#2c323c" : "#e4e8ef",
    scrollbarSliderBackground: `${token("line-strong")}55`,
    scrollbarSliderHoverBackground: `${token("line-strong")}88`,
    scrollbarSliderActiveBackground: `${token("line-strong")}aa`,
  };
}

/** Calls `apply` whenever the page changes between light and dark; returns a function that stops it. */
export function followTheme(apply: () => void): () => void {
  const observer = new MutationObserver(apply);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  return () => observer.disconnect();
}
