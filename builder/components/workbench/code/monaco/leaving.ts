import type { monaco } from "./monaco";

type CodeEditor = monaco.editor.IStandaloneCodeEditor;

/** The hint that a keyboard user gets about the way out: nothing, "press Escape", or "Tab leaves". */
export type Way = "" | "escape" | "tab";

/** These close on Escape themselves. */
const OPEN_WIDGETS = "[class*='ghost-text'], .suggest-widget.visible, .find-widget.visible, .monaco-hover:not(.hidden), .quick-input-widget:not([style*='display: none'])";
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);

/**
 * Tab types into the text, so a person without a mouse needs another way out (WCAG 2.1.2): after Escape the next Tab or
 * Shift+Tab leaves the editor. Returns a function that removes the listeners.
 */
export function leaveByEscape(editor: CodeEditor, box: HTMLElement, tell: (way: Way) => void): () => void {
  let byKeyboard = false;
  let leaves = false;
  const set = (now: boolean): void => {
    leaves = now;
    tell(now ? "tab" : byKeyboard && editor.hasTextFocus() ? "escape" : "");
  };
  const key = (event: KeyboardEvent): void => {
    byKeyboard = true;
    if (!(event.target instanceof Node) || !box.contains(event.target)) return;
    if (event.key === "Tab" && leaves) event.stopImmediatePropagation();
    else if (event.key === "Escape" && !box.querySelector(OPEN_WIDGETS)) set(true);
    else if (leaves && !MODIFIERS.has(event.key)) set(false);
  };
  const pointer = (): void => {
    byKeyboard = false;
    if (leaves) set(false);
    else tell("");
  };
  const ends = [editor.onDidFocusEditorText(() => set(false)), editor.onDidBlurEditorText(() => set(false))];
  // In the capture phase, before Monaco gets the events.
  document.addEventListener("keydown", key, true);
  document.addEventListener("pointerdown", pointer, true);
  return () => {
    for (const end of ends) end.dispose();
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("pointerdown", pointer, true);
  };
}
