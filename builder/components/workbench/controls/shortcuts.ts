import { useEffect } from "react";
import { useWorkbench, type Workbench } from "../session/context";
import { canUndo } from "../store/state";
import { Regions } from "./regions";
import { t } from "../../client/workbench_texts";

export function save({ store, toast, attempt }: Workbench): void {
  attempt(async () => {
    const version = await store.save();
    toast({ text: version ? t("workbench.saved", { number: version.number }) : t("workbench.saved.nothing") });
  });
}

export function undo({ store, attempt }: Workbench): void {
  attempt(async () => {
    await store.flush();
    await store.api.undo();
  });
}

export function redo({ store, attempt }: Workbench): void {
  attempt(async () => {
    await store.flush();
    await store.api.redo();
  });
}

/** Ctrl/Cmd+P to a file, Ctrl/Cmd+Shift+O to a symbol, F1 and Ctrl/Cmd+Shift+P to everything that can be done; F6 and Shift+F6 to the next part of the page and back; Ctrl/Cmd+S, and Ctrl/Cmd+. to point at a part of the app, anywhere; Ctrl/Cmd+Z outside of the editor and of text fields, which have an undo of their own. */
export function useShortcuts(): void {
  const workbench = useWorkbench();
  useEffect(() => {
    const regions = new Regions();
    const end = regions.follow();
    const press = (event: KeyboardEvent): void => {
      const { ctrlKey, metaKey, altKey } = event;
      // A dialog holds the keyboard; programs in a terminal have an F6 of their own.
      if (event.key !== "F6" || ctrlKey || metaKey || altKey || (event.target as Element).closest("dialog, .xterm")) return;
      event.preventDefault();
      event.stopPropagation();
      regions.go(event.shiftKey);
    };
    document.addEventListener("keydown", press, true);
    return () => {
      document.removeEventListener("keydown", press, true);
      end();
    };
  }, []);
  const { setPanel } = workbench;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const panel = paletteOf(event);
      // A dialog holds the keyboard, and so does a program in a terminal.
      if (panel === null || (event.target as Element).closest(".xterm") || document.querySelector("dialog[open]:not(.wb-palette)")) return;
      event.preventDefault();
      event.stopPropagation();
      setPanel(panel);
    };
    // Before the editor gets them, which has other uses for some.
    document.addEventListener("keydown", press, true);
    return () => document.removeEventListener("keydown", press, true);
  }, [setPanel]);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === "?" && !(event.target as Element).closest("input, textarea, select, [contenteditable], .monaco-editor, .xterm, dialog")) {
        event.preventDefault();
        workbench.setPanel("shortcuts");
        return;
      }
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "s" && !event.shiftKey) {
        event.preventDefault();
        save(workbench);
        return;
      }
      if (key === "." && !event.shiftKey) {
        event.preventDefault();
        workbench.show("preview");
        workbench.preview.pointing.aim(!workbench.preview.pointing.getState().on);
        return;
      }
      const target = event.target as HTMLElement;
      if (target.closest("input, textarea, [contenteditable], .monaco-editor, dialog")) return;
      const state = workbench.store.getState();
      const { project } = state;
      if (key === "z" && !event.shiftKey && canUndo(state)) undo(workbench);
      else if (((key === "z" && event.shiftKey) || key === "y") && project?.can_redo) redo(workbench);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [workbench]);
}

function paletteOf(event: KeyboardEvent): "files" | "symbols" | "commands" | null {
  if (event.altKey) return null;
  if (event.key === "F1" && !event.ctrlKey && !event.metaKey) return "commands";
  if (!event.ctrlKey && !event.metaKey) return null;
  const key = event.key.toLowerCase();
  if (key === "p") return event.shiftKey ? "commands" : "files";
  return key === "o" && event.shiftKey ? "symbols" : null;
}
