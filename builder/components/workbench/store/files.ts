import type { Changes, FileMap } from "$/runtime/index.ts";
import type { WireFile } from "../../client/types";

/** Path → text, or bytes for a file that is not text: the shapes that the engines take. */
export type { Changes, FileMap };

/** A change of the shown tree. `complete`: no more files are expected, so a missing file is an error. */
export interface FilesChange extends Changes {
  complete: boolean;
  origin: "load" | "typed" | "remote" | "generation";
}

/** One file; null when there is none. */
export type File = string | Uint8Array | null;

/** A file as the server has it. `digest` is null when there is no file, `file` is undefined when it cannot be read. */
export interface Known {
  file: File | undefined;
  digest: string | null;
}

export const NOTHING: Known = { file: null, digest: null };

export function fromWire(file: WireFile): string | Uint8Array {
  if (typeof file === "string") return file;
  const raw = atob(file.base64);
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

export function toWire(file: string | Uint8Array): WireFile {
  return typeof file === "string" ? file : { base64: base64(file) };
}

/** 32 kB at a time: spreading a large array into one call overflows the stack. */
export function base64(bytes: Uint8Array): string {
  let raw = "";
  for (let at = 0; at < bytes.length; at += 0x8000) raw += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(raw);
}

export function sameFile(a: File | undefined, b: File | undefined): boolean {
  if (a === b) return true;
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array) || a.length !== b.length) return false;
  return a.every((byte, index) => byte === b[index]);
}

/** The changes that turn `before` into `after`. */
export function difference(before: FileMap, after: FileMap): Changes {
  const put: FileMap = {};
  for (const [path, file] of Object.entries(after)) if (!sameFile(before[path], file)) put[path] = file;
  return { put, delete: Object.keys(before).filter((path) => !(path in after)) };
}

export function withChanges(files: FileMap, changes: Changes): FileMap {
  const next = { ...files, ...changes.put };
  for (const path of changes.delete) if (!(path in changes.put)) delete next[path];
  return next;
}

export function isEmpty(changes: Changes): boolean {
  return changes.delete.length === 0 && Object.keys(changes.put).length === 0;
}

/** The change that makes the file at `path` equal to `file`. */
export function asChanges(path: string, file: File): Changes {
  return file === null ? { put: {}, delete: [path] } : { put: { [path]: file }, delete: [] };
}

/** The changes of the chosen paths only. */
export function only({ put, delete: gone }: Changes, picked: (path: string) => boolean): Changes {
  return { put: Object.fromEntries(Object.entries(put).filter(([path]) => picked(path))), delete: gone.filter(picked) };
}

/** The server's offsets count code points; a JavaScript string counts UTF-16 units. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

/** `text` without its first `count` code points. */
export function dropCodePoints(text: string, count: number): string {
  let index = 0;
  for (let left = count; left > 0 && index < text.length; left--) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(index);
}

const RESERVED = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?$/i;

/**
 * Why a path cannot be a file of a project; null when it can. The same rule as the server's `validate_path`, checked
 * before the server is called.
 */
export function pathProblem(path: string): "empty" | "relative" | "characters" | "long" | null {
  if (!path || path.endsWith("/")) return "empty";
  if (path.length > 200) return "long";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "relative";
  if (/[\x00-\x1f\x7f<>:"|?*\\]/.test(path)) return "characters";
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") return "relative";
    if (RESERVED.test(part) || part !== part.trim() || part.endsWith(".")) return "characters";
  }
  return null;
}

/** A path with differences of case and of Unicode accent forms removed. Nearly the server's `folded`. */
const folded = (path: string): string => path.normalize("NFD").toUpperCase().normalize("NFD");

const withFolders = (path: string): string[] => path.split("/").map((_, at, parts) => parts.slice(0, at + 1).join("/"));

/**
 * The file or folder among `others` that Windows or macOS would confuse with `path` although its name differs; null
 * when there is none. Folders whose names differ only in case are merged there, and nothing is lost.
 */
export function alike(path: string, others: readonly string[]): string | null {
  const name = folded(path);
  const parents = new Set(withFolders(path).slice(0, -1).map(folded));
  for (const other of others) {
    if (other === path) continue;
    if (parents.has(folded(other))) return other;
    const same = withFolders(other).find((held) => folded(held) === name);
    if (same !== undefined && same !== path) return same;
  }
  return null;
}
