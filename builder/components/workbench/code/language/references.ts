import type { FileMap } from "../../store/files";
import type { TextChange } from "./found";

/** Files whose references to other code the compiler follows by itself. */
const COMPILED = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const TEXTS = /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|css|scss|less|html?|mdx|astro)$/;
/** `from "…"`, `import "…"`, `import("…")`, `new URL("…"`. */
const IN_CODE = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*|\bnew URL\(\s*)(["'`])((?:\.{1,2}\/|\/)[^"'`\s]+)\1/g;
/** Besides: `url(…)`, `@import "…"`, `src="…"`, `href="…"`. */
const IN_MARKUP = /(?:\burl\(\s*(["']?)|@(?:import|use|forward|plugin|reference|config)\s+(["'])|\b(?:src|href|poster|from|import)\s*=?\s*\(?\s*(["']))((?:\.{1,2}\/|\/)[^"'()\s]+)/g;
const ENDINGS = ["", ".ts", ".tsx", ".js", ".jsx", ".vue", ".svelte", ".css", ".scss", ".json", "/index.ts", "/index.tsx", "/index.js", "/index.vue"];

function resolved(from: string, reference: string): string {
  const parts = reference.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of reference.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function relative(from: string, to: string): string {
  const base = from.split("/").slice(0, -1);
  const parts = to.split("/");
  let same = 0;
  while (same < base.length && same < parts.length - 1 && base[same] === parts[same]) same += 1;
  const up = base.length - same;
  return `${up === 0 ? "./" : "../".repeat(up)}${parts.slice(same).join("/")}`;
}

/**
 * The changes that keep references right when files move, as far as no compiler knows of them: style sheets, pictures,
 * pages, Vue and Svelte files. `to` gives a file's new path (its own where it stays); the texts are as before the move.
 */
export function referenceChanges(files: FileMap, to: (path: string) => string): Record<string, TextChange[]> {
  const all: Record<string, TextChange[]> = {};
  for (const [path, text] of Object.entries(files)) {
    if (typeof text !== "string" || !TEXTS.test(path)) continue;
    const isCode = COMPILED.test(path);
    for (const match of text.matchAll(isCode ? IN_CODE : IN_MARKUP)) {
      const whole = (isCode ? match[2] : match[4]) ?? "";
      const reference = whole.replace(/[?#].*$/, "");
      const meant = resolved(path, reference);
      const ending = ENDINGS.find((one) => meant + one in files);
      if (ending === undefined) continue;
      const target = meant + ending;
      if ((isCode && COMPILED.test(target)) || (to(path) === path && to(target) === target)) continue;
      // An ending that was left out before is left out again.
      const next = ending !== "" && to(target).endsWith(ending) ? to(target).slice(0, -ending.length) : to(target);
      const written = reference.startsWith("/") ? `/${next}` : relative(to(path), next);
      if (written === reference) continue;
      const from = match.index + match[0].lastIndexOf(whole);
      (all[path] ??= []).push({ from, to: from + reference.length, text: written });
    }
  }
  return all;
}

export function withEdits(text: string, edits: readonly TextChange[]): string {
  let next = text;
  for (const { from, to, text: put } of [...edits].sort((a, b) => b.from - a.from)) next = next.slice(0, from) + put + next.slice(to);
  return next;
}
