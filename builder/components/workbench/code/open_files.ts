/** The editor's tabs. */
export interface OpenFiles {
  readonly paths: readonly string[];
  readonly active: string | null;
  /** The tab of a file that was only looked at, or is followed while it is written: the next one takes its place. */
  readonly passing: string | null;
  /** The generation during which the person chose a file: until it ends, no other file is shown instead. */
  readonly pickedIn: string | null;
}

export const NONE_OPEN: OpenFiles = { paths: [], active: null, passing: null, pickedIn: null };

function shown(open: OpenFiles, path: string, passing: boolean): OpenFiles {
  if (open.paths.includes(path)) return { ...open, active: path };
  const replaces = passing && open.passing !== null && open.paths.includes(open.passing);
  const paths = replaces ? open.paths.map((other) => (other === open.passing ? path : other)) : [...open.paths, path];
  return { ...open, paths, active: path, passing: passing ? path : open.passing };
}

/** The person chose a file, to look at it or to keep it open; `generation` is the running one, if any. */
export function pick(open: OpenFiles, path: string, generation: string | null, passing = false): OpenFiles {
  const next = { ...shown(open, path, passing), pickedIn: generation };
  return passing || next.passing !== path ? next : { ...next, passing: null };
}

/** The tab stays: its file was typed in, or chosen a second time. */
export function keep(open: OpenFiles, path: string): OpenFiles {
  return open.passing === path ? { ...open, passing: null } : open;
}

/** `generation` writes a file: the file is shown unless the person has chosen another one meanwhile. */
export function follow(open: OpenFiles, path: string, generation: string): OpenFiles {
  return open.pickedIn === generation ? open : shown(open, path, true);
}

export function close(open: OpenFiles, path: string, generation: string | null): OpenFiles {
  const paths = open.paths.filter((other) => other !== path);
  if (open.active !== path) return { ...open, paths };
  return { ...open, paths, active: paths[Math.max(0, open.paths.indexOf(path) - 1)] ?? null, pickedIn: generation };
}

export function closeOthers(open: OpenFiles, path: string, generation: string | null): OpenFiles {
  return { ...keep(open, path), paths: open.paths.filter((other) => other === path), active: path, pickedIn: generation };
}

export function renamed(open: OpenFiles, from: string, to: string): OpenFiles {
  const name = <T extends string | null>(path: T): T | string => (path === from ? to : path);
  return { ...open, paths: open.paths.map(name), active: name(open.active), passing: name(open.passing) };
}
