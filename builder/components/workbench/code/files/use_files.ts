import { useProject, useWorkbench } from "../../session/context";
import { alike, type FileMap } from "../../store/files";
import { t as te } from "../texts/texts";
import { t } from "../../../client/workbench_texts";
import type { TextChange } from "../language/found";
import type { Language } from "../language/language";
import { referenceChanges, withEdits } from "../language/references";
import { readInto } from "./dropped";
import { filesOf, folderOf, nameOf } from "./tree";

/** How long a move waits for the compiler, which may only have begun to read; and when the person is told of it. */
const COMPILER_MS = 20_000;
const TOLD_AFTER_MS = 1_000;

export interface Files {
  /** Why `to` cannot be the path of a new file, or the new path of the files at `from`; "" when it can. */
  refusal: (to: string, from?: string | null) => string;
  create: (path: string) => void;
  duplicate: (path: string) => void;
  /** Moves a file or a folder, and changes what refers to it. */
  move: (from: string, to: string) => Promise<void>;
  remove: (path: string) => void;
  save: (path: string) => void;
  /** Puts files from outside into a folder ("" or with a slash at its end). */
  upload: (folder: string, found: Promise<[string, File][]> | [string, File][]) => Promise<void>;
  copyPath: (path: string) => void;
}

/** A free path beside `path`: "App copy.tsx", "App copy 2.tsx" … */
export function copyOf(path: string, paths: readonly string[]): string {
  const name = nameOf(path);
  const dot = name.indexOf(".", 1);
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let count = 1; ; count += 1) {
    const made = `${folderOf(path)}${stem}-copy${count > 1 ? `-${count}` : ""}${ending}`;
    if (!paths.includes(made)) return made;
  }
}

async function changesOfMove(language: Language | null, files: FileMap, from: string, to: string): Promise<FileMap> {
  const moved = (path: string): string => (path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
  const asked: Promise<Record<string, TextChange[]>> = language?.ask("moved", { moves: { [from]: to } }).catch(() => ({})) ?? Promise.resolve({});
  const late = new Promise<Record<string, TextChange[]>>((give) => setTimeout(() => give({}), COMPILER_MS));
  const compiled = await Promise.race([asked, late]);
  const others = referenceChanges(files, moved);
  const changed: FileMap = {};
  for (const path of new Set([...Object.keys(compiled), ...Object.keys(others)])) {
    const text = files[path];
    const edits = [...(compiled[path] ?? []), ...(others[path] ?? [])];
    if (typeof text === "string") changed[moved(path)] = withEdits(text, edits);
  }
  return changed;
}

/** What can be done with the files of the tree and of the tabs. */
export function useFiles(paths: readonly string[], language: Language | null, opened: (path: string) => void, renamed: (from: string, to: string) => void): Files {
  const { store, toast, attempt } = useWorkbench();
  const { files } = useProject();

  const refusal = (to: string, from: string | null = null): string => {
    if (to === from) return "";
    const gone = from === null ? [] : filesOf(from, paths);
    const others = paths.filter((path) => !gone.includes(path));
    if (filesOf(to, others).length > 0) return t("workbench.code.path.taken");
    const targets = from === null ? [to] : gone.map((path) => to + path.slice(from.length));
    const other = targets.map((path) => alike(path, others)).find((found) => found !== null);
    return other == null ? "" : t("workbench.code.path.alike", { path: other });
  };
  const create = (path: string): void => {
    store.write({ put: { [path]: "" }, delete: [] });
    opened(path);
  };
  const duplicate = (path: string): void => {
    const file = files[path];
    if (file === undefined) return;
    const made = copyOf(path, paths);
    store.write({ put: { [made]: file }, delete: [] });
    opened(made);
    toast({ text: te("editor.duplicated", { path: made }), action: { label: t("workbench.code.undo"), run: () => store.write({ put: {}, delete: [made] }) } });
  };
  const rename = (from: string, to: string): void => {
    for (const path of filesOf(from, Object.keys(store.getState().files))) {
      const target = to + path.slice(from.length);
      store.rename(path, target);
      renamed(path, target);
    }
  };
  const move = async (from: string, to: string): Promise<void> => {
    const reason = refusal(to, from);
    if (reason) toast({ text: reason, bad: true });
    if (reason || from === to) return;
    const before = store.getState().files;
    const tell = setTimeout(() => toast({ text: te("editor.moving", { path: from }) }), TOLD_AFTER_MS);
    const changed = await changesOfMove(language, before, from, to).finally(() => clearTimeout(tell));
    // Texts that somebody went on with while the compiler was asked keep what they wrote.
    const now = store.getState().files;
    const old = (path: string): string => (path === to || path.startsWith(`${to}/`) ? from + path.slice(to.length) : path);
    const fresh = Object.fromEntries(Object.entries(changed).filter(([path]) => now[old(path)] === before[old(path)]));
    rename(from, to);
    store.write({ put: fresh, delete: [] });
    const count = Object.keys(fresh).length;
    toast({
      text: count ? te("editor.moved", { path: to, count }) : t("workbench.code.moved", { path: to }),
      action: {
        label: t("workbench.code.undo"),
        run: () => {
          rename(to, from);
          const back = Object.fromEntries(Object.keys(fresh).map((path) => [old(path), before[old(path)] ?? ""]));
          store.write({ put: back, delete: [] });
        },
      },
    });
  };
  const remove = (path: string): void => {
    const gone = filesOf(path, paths).flatMap((one) => (files[one] === undefined ? [] : [[one, files[one]] as const]));
    store.write({ put: {}, delete: gone.map(([one]) => one) });
    toast({
      text: t("workbench.code.deleted", { path }),
      action: { label: t("workbench.code.undo"), run: () => store.write({ put: Object.fromEntries(gone), delete: [] }) },
    });
  };
  const upload = async (folder: string, found: Promise<[string, File][]> | [string, File][]): Promise<void> => {
    const { files: put, refused } = await readInto(folder, await found);
    const before = store.getState().files;
    const count = Object.keys(put).length;
    if (refused.length) toast({ text: te("editor.upload.refused", { count: refused.length, path: refused[0] ?? "" }), bad: true });
    if (count === 0) return;
    store.write({ put, delete: [] });
    const [first] = Object.keys(put);
    if (count === 1 && first !== undefined) opened(first);
    const old = Object.entries(before).filter(([path]) => path in put);
    toast({
      text: te("editor.uploaded", { count }),
      action: {
        label: t("workbench.code.undo"),
        run: () => store.write({ put: Object.fromEntries(old), delete: Object.keys(put).filter((path) => !(path in before)) }),
      },
    });
  };
  const save = (path: string): void => {
    const file = files[path];
    if (file === undefined) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([typeof file === "string" ? file : file.slice()]));
    link.download = nameOf(path);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  const copyPath = (path: string): void => attempt(async () => {
    await navigator.clipboard.writeText(path);
    toast({ text: te("editor.copied_path", { path }) });
  });
  return { refusal, create, duplicate, move, remove, upload, save, copyPath };
}
