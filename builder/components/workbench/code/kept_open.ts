import { NONE_OPEN, type OpenFiles } from "./open_files";

/** What was open in a project's editor, and where: kept in this browser over a reload. */
export interface KeptOpen {
  tabs: OpenFiles;
  /** The editor's own state of each file (cursor, selection, scroll, folds), by path. */
  views: Record<string, object>;
}

const KEY = "sayso.open";
const MOST_PROJECTS = 30;
const MOST_VIEWS = 40;

type All = Record<string, { paths: string[]; active: string | null; passing: string | null; views: Record<string, object> }>;

function all(): All {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as All;
  } catch {
    return {};
  }
}

export function keptOpen(project: string): KeptOpen {
  const found = all()[project];
  if (!found) return { tabs: NONE_OPEN, views: {} };
  return { tabs: { paths: found.paths, active: found.active, passing: found.passing, pickedIn: null }, views: found.views };
}

export function keepOpen(project: string, { tabs, views }: KeptOpen): void {
  const { [project]: _, ...others } = all();
  const mine = Object.fromEntries(Object.entries(views).filter(([path]) => tabs.paths.includes(path)).slice(-MOST_VIEWS));
  const { paths, active, passing } = tabs;
  const kept = { ...Object.fromEntries(Object.entries(others).slice(1 - MOST_PROJECTS)), [project]: { paths, active, passing, views: mine } };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // A full store: what was open is not worth more than what is in it.
  }
}
