import type { FileMap } from "../../store/files";
import type { FromFormat, ToFormat } from "./format_worker";

const KNOWN = /\.(?:[cm]?[jt]s|[jt]sx|json|json5|jsonc|css|scss|less|html?|vue|mdx?|markdown|ya?ml|graphql|gql)$/i;
const PATIENCE_MS = 15_000;
const CONFIGURED = [".prettierrc", ".prettierrc.json"];
/** Prettier's own names of what a file's path cannot say, or what would run code. */
const NEVER = new Set(["plugins", "overrides", "filepath", "parser", "$schema"]);

let worker: Worker | null = null;
let asked = 0;

export const canFormat = (path: string): boolean => KNOWN.test(path);

/** What `.prettierrc` (as JSON) or package.json says; {} where neither says anything that can be read. */
export function configured(files: FileMap): Record<string, unknown> {
  for (const path of [...CONFIGURED, "package.json"]) {
    const text = files[path];
    if (typeof text !== "string") continue;
    try {
      const read = JSON.parse(text) as Record<string, unknown> | null;
      const found = path === "package.json" ? read?.["prettier"] : read;
      if (found && typeof found === "object") return Object.fromEntries(Object.entries(found).filter(([name]) => !NEVER.has(name)));
    } catch {
      // YAML, or half a file: as if there were none.
    }
  }
  return {};
}

/** The text as Prettier writes it. Rejects with an `Error` whose message says where the text cannot be read. */
export function formatted(path: string, text: string, files: FileMap): Promise<string> {
  const mine = (worker ??= new Worker(new URL("./format_worker.ts", import.meta.url), { type: "module" }));
  const id = ++asked;
  return new Promise((take, fail) => {
    const timer = setTimeout(() => {
      mine.terminate();
      if (worker === mine) worker = null;
      fail(new Error("time"));
    }, PATIENCE_MS);
    const hear = ({ data }: MessageEvent<FromFormat>): void => {
      if (data.id !== id) return;
      clearTimeout(timer);
      mine.removeEventListener("message", hear);
      if ("text" in data) take(data.text);
      else fail(new Error(data.why));
    };
    mine.addEventListener("message", hear);
    mine.postMessage({ id, path, text, options: configured(files) } satisfies ToFormat);
  });
}
