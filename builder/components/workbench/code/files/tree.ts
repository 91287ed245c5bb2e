/** The file tree as rows: the visible part of it when some folders are closed. */

export interface Row {
  path: string;
  name: string;
  depth: number;
  folder: boolean;
  open: boolean;
}

interface Folder {
  folders: Map<string, Folder>;
  files: string[];
}

export function rows(paths: readonly string[], closed: ReadonlySet<string>): Row[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const path of paths) {
    const parts = path.split("/");
    let folder = root;
    for (const part of parts.slice(0, -1)) {
      let next = folder.folders.get(part);
      if (!next) folder.folders.set(part, (next = { folders: new Map(), files: [] }));
      folder = next;
    }
    folder.files.push(parts.at(-1) ?? path);
  }
  const seen: Row[] = [];
  walk(root, "", 0, closed, seen);
  return seen;
}

function walk(folder: Folder, prefix: string, depth: number, closed: ReadonlySet<string>, seen: Row[]): void {
  for (const [name, inner] of [...folder.folders].sort(([a], [b]) => a.localeCompare(b))) {
    const path = prefix + name;
    const open = !closed.has(path);
    seen.push({ path, name, depth, folder: true, open });
    if (open) walk(inner, `${path}/`, depth + 1, closed, seen);
  }
  for (const name of folder.files.sort((a, b) => a.localeCompare(b))) {
    seen.push({ path: prefix + name, name, depth, folder: false, open: false });
  }
}

/** The files that a path stands for: the file itself, or all files below a folder. */
export function filesOf(path: string, paths: readonly string[]): string[] {
  return paths.includes(path) ? [path] : paths.filter((other) => other.startsWith(`${path}/`));
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** "src/pages/" of "src/pages/About.tsx"; empty at the root. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
