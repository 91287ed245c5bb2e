/** The pages that a preview showed, in their order, and which of them is shown. */
export interface Visited {
  paths: readonly string[];
  at: number;
}

export const FIRST: Visited = { paths: ["/"], at: 0 };

/** An app that changes its address with every movement must not fill memory. */
const MOST = 100;

/** With `path` shown. `replaced`: it took the place of the page before it. */
export function arrived(visited: Visited, path: string, replaced: boolean): Visited {
  const { paths, at } = visited;
  if (paths[at] === path) return visited;
  if (replaced) return { paths: paths.map((one, n) => (n === at ? path : one)), at };
  if (before(visited) === path) return { paths, at: at - 1 };
  if (after(visited) === path) return { paths, at: at + 1 };
  const kept = [...paths.slice(0, at + 1), path].slice(-MOST);
  return { paths: kept, at: kept.length - 1 };
}

export const before = ({ paths, at }: Visited): string | null => paths[at - 1] ?? null;
export const after = ({ paths, at }: Visited): string | null => paths[at + 1] ?? null;
