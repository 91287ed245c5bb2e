import { useEffect, useRef } from "react";
import type { Tab } from "../../session/context";
import { t } from "../texts/texts";
import { offer } from "../../palette/commands";

const MOST_TEXT = 200;

/** Ctrl/Cmd+Shift+F, and the palette, lead to the search in all files; it begins with what is selected, if that is short. */
export function useSearchKeys(show: (tab: Tab) => void, search: (text: string) => void): void {
  const now = useRef(search);
  now.current = search;
  useEffect(() => {
    const begin = (): void => {
      const chosen = document.getSelection()?.toString() ?? "";
      show("code");
      now.current(chosen.includes("\n") || chosen.length > MOST_TEXT ? "" : chosen);
    };
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== "f" || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      event.stopPropagation();
      begin();
    };
    document.addEventListener("keydown", press, true);
    const withdraw = offer(() => [{ label: t("editor.search"), keys: "Ctrl+Shift+F", run: begin }]);
    return () => {
      document.removeEventListener("keydown", press, true);
      withdraw();
    };
  }, [show]);
}
