import type { FileMap } from "../../store/files";
import type { TextKey } from "../../../client/workbench_texts";

const MOST = 3;
const SOURCES = /\.(?:[cm]?[jt]sx?|vue|svelte|html|css|scss)$/;

/** What an app may lack, by words that are in no source of an app that has it. */
const LACKS: readonly (readonly [TextKey, RegExp])[] = [
  ["workbench.suggest.search", /search|filter/i],
  ["workbench.suggest.dark", /prefers-color-scheme|\bdark\b/i],
  ["workbench.suggest.keep", /localStorage|indexedDB|fetch\(/],
  ["workbench.suggest.phone", /@media|\b(?:sm|md|lg):/],
  ["workbench.suggest.empty", /\bempty\b|nothing (?:here|yet)|no .{1,20} yet/i],
];
/** What the offline demo can do with every starter. */
const OFFLINE: readonly TextKey[] = ["workbench.suggest.offline.dark", "workbench.suggest.offline.green", "workbench.suggest.offline.larger"];

/** Up to three requests that would change something in these files. */
export function suggested(files: FileMap, offline: boolean): TextKey[] {
  if (offline) return [...OFFLINE];
  const text = Object.entries(files).flatMap(([path, file]) => (typeof file === "string" && SOURCES.test(path) ? [file] : [])).join("\n");
  return LACKS.filter(([, has]) => !has.test(text)).map(([key]) => key).slice(0, MOST);
}
