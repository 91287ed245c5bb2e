import { type FileMap, pathProblem } from "../../store/files";

/** Folders that tools fill, and that a project gets anew. */
const LEFT_OUT = new Set(["node_modules", ".git", "__pycache__", ".venv", "dist", ".DS_Store"]);
export const MOST_BYTES = 10 * 1024 * 1024;
export const MOST_FILES = 2_000;

export interface Dropped {
  files: FileMap;
  /** Too large, or with a name that no project may have. */
  refused: string[];
}

type Found = [path: string, file: File];

/** The files and folders that were dropped, or chosen in a dialog; to be called while the event is handled. */
export function droppedFiles(data: DataTransfer): Promise<Found[]> {
  const found = [...data.items].map((one): Promise<Found[]> => {
    const entry = one.webkitGetAsEntry();
    const file = entry ? null : one.getAsFile();
    return entry ? below(entry) : Promise.resolve(file ? [[file.name, file]] : []);
  });
  return Promise.all(found).then((all) => all.flat());
}

export const chosenFiles = (list: FileList): Found[] => [...list].map((file) => [file.webkitRelativePath || file.name, file]);

/** Their contents by path below `folder` ("" or one that ends with a slash): text where it is text. */
export async function readInto(folder: string, found: readonly Found[]): Promise<Dropped> {
  const files: FileMap = {};
  const refused: string[] = [];
  for (const [name, file] of found) {
    const path = folder + name;
    if (name.split("/").some((part) => LEFT_OUT.has(part))) continue;
    if (file.size > MOST_BYTES || pathProblem(path) !== null || Object.keys(files).length >= MOST_FILES) refused.push(name);
    else files[path] = textOrBytes(new Uint8Array(await file.arrayBuffer()));
  }
  return { files, refused };
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  if (bytes.includes(0)) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}

async function below(entry: FileSystemEntry): Promise<Found[]> {
  if (LEFT_OUT.has(entry.name)) return [];
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [[path, await new Promise<File>((take, fail) => (entry as FileSystemFileEntry).file(take, fail))]];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: Found[] = [];
  // A reader gives at most a hundred entries at a time, and none when there are no more.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((take, fail) => reader.readEntries(take, fail));
    if (some.length === 0) return all;
    for (const one of some) all.push(...(await below(one)));
  }
}
