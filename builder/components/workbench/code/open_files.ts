/** The editor's tabs. */
export interface OpenFiles {
  readonly paths: readonly string[];
  readonly active: string | null;
  /** The tab that was opened only because its file is being written: the next such file replaces it. */
  readonly followed: string | null;
  /** The generation during which the person chose a file: until it ends, no other file is shown instead. */
  readonly pickedIn: string | null;
}

export const NONE_OPEN: OpenFiles = { paths: [], active: null, followed: null, pickedIn: null };

/** The person chose a file; `generation` is the running one, if any. */
export function pick(open: OpenFiles, path: string, generation: string | null): OpenFiles {
  return {
    paths: open.paths.includes(path) ? open.paths : [...open.paths, path],
    active: path,
    followed: open.followed === path ? null : open.followed,
    pickedIn: generation,
  };
}

/** `generation` writes a file: the file is shown unless the person has chosen another one meanwhile. */
export function follow(open: OpenFiles, path: string, generation: string): OpenFiles {
  if (open.pickedIn === generation) return open;
  if (open.paths.includes(path)) return { ...open, active: path };
  const replaces = open.followed !== null && open.paths.includes(open.followed);
  const paths = replaces ? open.paths.map((other) => (other === open.followed ? path : other)) : [...open.paths, path];
  return { ...open, paths, active: path, followed: path };
}

export function close(open: OpenFiles, path: string, generation: string | null): OpenFiles {
  const paths = open.paths.filter((other) => other !== path);
  if (open.active !== path) return { ...open, paths };
  return { ...open, paths, active: paths[Math.max(0, open.paths.indexOf(path) - 1)] ?? null, pickedIn: generation };
}

export function renamed(open: OpenFiles, from: string, to: string): OpenFiles {
  const name = <T extends string | null>(path: T): T | string => (path === from ? to : path);
  return { ...open, paths: open.paths.map(name), active: name(open.active), followed: name(open.followed) };
}
