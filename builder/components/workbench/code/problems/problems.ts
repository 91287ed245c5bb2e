import type { Fault } from "$/runtime/index.ts";
import { said } from "../../../client/engine_texts";
import { t } from "../texts/texts";
import type { FileMap } from "../../store/files";
import type { WalksOfVersion } from "../../session/walk_watch";
import { whyOf } from "../../session/walk_words";
import { plain } from "../../logs/ansi";
import type { Found } from "../language/found";
import { placeOf, type Problem } from "../language/problem";

const MOST = 500;

export function wordsOf({ code, text }: Found): string {
  return code === "said" ? text : t(`editor.problem.${code}`, { name: text });
}

/** Errors before warnings, and then by path and place. */
export function ofCode(found: ReadonlyMap<string, readonly Found[]>, files: FileMap): Problem[] {
  const all: Problem[] = [];
  for (const [path, list] of found) {
    const text = files[path];
    if (typeof text !== "string") continue;
    for (const one of list) {
      const from = placeOf(text, one.from);
      const to = placeOf(text, one.to);
      all.push({ path, ...from, endLine: to.line, endColumn: to.column, severity: one.severity, source: "code", text: wordsOf(one) });
    }
  }
  return all;
}

export function ofRun(fault: Fault | null): Problem[] {
  if (fault?.kind !== "build" && fault?.kind !== "runtime") return [];
  const { file = "", line = 1, column = 1 } = fault;
  return [{ path: file, line, column, endLine: line, endColumn: column + 1, severity: "error", source: fault.kind === "build" ? "build" : "app", text: plain(said(fault.says)) }];
}

export function ofWalks(walks: WalksOfVersion | null): Problem[] {
  if (!walks) return [];
  const at = { line: 1, column: 1, endLine: 1, endColumn: 1, severity: "error", source: "walk" } as const;
  const failed = walks.results.filter((one) => !one.ok && one.walk in walks.walks);
  return [
    ...failed.map((one) => ({ ...at, path: one.walk, text: `${walks.walks[one.walk]?.title ?? one.walk}: ${whyOf(one, walks.walks[one.walk])}` })),
    ...walks.invalid.map(({ path, message }) => ({ ...at, path, text: message })),
  ];
}

/** Sorted, each once: a mistake that stops the build is found by the editor as well. */
export function listed(all: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const known = new Set(all.filter((one) => one.source === "code" && one.severity === "error").map((one) => `${one.path}:${one.line}`));
  const kept = all.filter((one) => {
    if (one.source === "build" && known.has(`${one.path}:${one.line}`)) return false;
    const name = [one.path, one.line, one.column, one.text].join("\n");
    return !seen.has(name) && seen.add(name);
  });
  const rank = (one: Problem): number => (one.severity === "error" ? 0 : 1);
  kept.sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path) || a.line - b.line || a.column - b.column);
  return kept.slice(0, MOST);
}
