import { useEffect } from "react";
import { useWorkbench, type Workbench } from "../session/context";
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

/** F6 and Shift+F6 to the next part of the page and back; Ctrl/Cmd+S, and Ctrl/Cmd+. to point at a part of the app, anywhere; Ctrl/Cmd+Z outside of the editor and of text fields, which have an undo of their own. */
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
      const project = workbench.store.getState().project;
      if (key === "z" && !event.shiftKey && project?.can_undo) undo(workbench);
      else if (((key === "z" && event.shiftKey) || key === "y") && project?.can_redo) redo(workbench);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [workbench]);
}
