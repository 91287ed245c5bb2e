import { useCallback, useEffect, useState } from "react";
import { useWorkbench } from "../../session/context";
import { t } from "../texts/texts";
import { offer } from "../../palette/commands";
import { canFormat, formatted } from "./formatter";

const KEY = "sayso.formats";

interface Format {
  /** Whether files are formatted when they are saved. */
  onSave: boolean;
  setOnSave: (yes: boolean) => void;
  format: (path: string) => void;
}

/** Writes files the way Prettier does: one at a time, or all that are saved. */
export function useFormat(shown: string | null): Format {
  const { store, toast } = useWorkbench();
  const [onSave, setState] = useState(() => localStorage.getItem(KEY) === "yes");
  const setOnSave = useCallback((yes: boolean): void => {
    localStorage.setItem(KEY, yes ? "yes" : "no");
    setState(yes);
  }, []);
  const apply = useCallback(async (path: string): Promise<void> => {
    const { files } = store.getState();
    const text = files[path];
    if (typeof text !== "string" || !canFormat(path)) return;
    const made = await formatted(path, text, files);
    // What was typed meanwhile is worth more.
    if (made !== text && store.getState().files[path] === text) store.write({ put: { [path]: made }, delete: [] });
  }, [store]);
  const format = useCallback((path: string): void => {
    if (!canFormat(path)) toast({ text: t("editor.format.not", { path }) });
    else apply(path).catch((error: Error) => toast({ text: t("editor.format.failed", { path, why: error.message.split("\n")[0] ?? "" }), bad: true }));
  }, [apply, toast]);

  useEffect(() => {
    if (!onSave) return;
    store.beforeSave = async () => {
      // A file that cannot be read is saved as it is: the list of problems says why.
      for (const path of store.getState().dirty) await apply(path).catch(() => {});
    };
    return () => {
      store.beforeSave = null;
    };
  }, [store, onSave, apply]);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (shown === null || !event.shiftKey || !event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyF" || !(event.target as Element).closest(".wb-code")) return;
      event.preventDefault();
      event.stopPropagation();
      format(shown);
    };
    document.addEventListener("keydown", press, true);
    const withdraw = offer(() => [
      ...(shown === null ? [] : [{ label: t("editor.format"), keys: "Shift+Alt+F", run: () => format(shown) }]),
      { label: t(onSave ? "editor.format.on_save_off" : "editor.format.on_save"), run: () => setOnSave(!onSave) },
    ]);
    return () => {
      document.removeEventListener("keydown", press, true);
      withdraw();
    };
  }, [shown, format, onSave, setOnSave]);
  return { onSave, setOnSave, format };
}
