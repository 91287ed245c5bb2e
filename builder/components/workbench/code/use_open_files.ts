import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from "react";
import { keepOpen, keptOpen } from "./kept_open";
import { keep, type OpenFiles } from "./open_files";

/** Where the cursor and the scroll of each file are, for as long as the pane lives. */
export class Views extends Map<string, object> {
  /** Brings that of the file in front up to date: the editor's own. */
  refresh: (() => void) | null = null;
}

/** The tabs, and the place in each of their files, as they were before a reload. */
export function useOpenFiles(project: string, dirty: ReadonlySet<string>): [OpenFiles, Dispatch<SetStateAction<OpenFiles>>, Views] {
  const [kept] = useState(() => keptOpen(project));
  const [tabs, setTabs] = useState(kept.tabs);
  const views = useRef(new Views(Object.entries(kept.views)));
  const now = useRef(tabs);
  now.current = tabs;
  useEffect(() => {
    const store = (): void => {
      views.current.refresh?.();
      keepOpen(project, { tabs: now.current, views: Object.fromEntries(views.current) });
    };
    window.addEventListener("pagehide", store);
    return () => {
      window.removeEventListener("pagehide", store);
      store();
    };
  }, [project]);
  useEffect(() => {
    // What was typed in is no longer only looked at.
    if (tabs.passing !== null && dirty.has(tabs.passing)) setTabs((open) => (open.passing === null ? open : keep(open, open.passing)));
  }, [tabs.passing, dirty]);
  return [tabs, setTabs, views.current];
}
