import { type File, sameFile } from "./files";
import { type Hunk, lineDiff } from "./text/line_diff";

/** One side's or both sides' hunks in a stretch of the base that is decided as a whole. */
interface Region {
  start: number;
  end: number;
  mine: Hunk[];
  theirs: Hunk[];
}

/**
 * Merges two people's changes of one text; null when both changed the same lines differently. Changes of adjacent lines
 * are both kept: unlike Git we merge while people type, and ask as little as we can.
 */
export function merge(base: string, mine: string, theirs: string): string | null {
  if (mine === theirs || theirs === base) return mine;
  if (mine === base) return theirs;
  const from = base.split("\n");
  const ours = mine.split("\n");
  const others = theirs.split("\n");
  const merged: string[] = [];
  let done = 0;
  const keep = (lines: readonly string[], start: number, end: number): void => {
    for (let line = start; line < end; line++) merged.push(lines[line] as string);
  };
  for (const region of regions(lineDiff(from, ours), lineDiff(from, others))) {
    keep(from, done, region.start);
    const left = made(from, ours, region, region.mine);
    const right = made(from, others, region, region.theirs);
    if (region.mine.length && region.theirs.length && !alike(left, right)) return null;
    const chosen = region.mine.length ? left : right;
    keep(chosen, 0, chosen.length);
    done = region.end;
  }
  keep(from, done, from.length);
  return merged.join("\n");
}

/**
 * The base of text typed after `sent` went out without an answer. It is `sent` itself when the others' file contains
 * all of it, which shows that it arrived.
 */
export function baseAfter(sent: File | undefined, base: File | undefined, theirs: File): File | undefined {
  if (typeof sent !== "string" || typeof theirs !== "string") return base;
  const both = reconcile(base, sent, theirs);
  return both && sameFile(both.file, theirs) ? sent : base;
}

/**
 * The result for a file that two people changed and that was `base` before (undefined: unknown). Null when a person has
 * to decide. A deletion never wins over changes: when `mine` is deleted, `theirs` stays; when `theirs` is deleted, the
 * person who changed `mine` decides.
 */
export function reconcile(base: File | undefined, mine: File, theirs: File): { file: File } | null {
  if (sameFile(mine, theirs)) return { file: theirs };
  if (base !== undefined && sameFile(base, theirs)) return { file: mine };
  if (mine === null || (base !== undefined && sameFile(base, mine))) return { file: theirs };
  if (typeof mine !== "string" || typeof theirs !== "string" || base === undefined || base instanceof Uint8Array) return null;
  const file = merge(base ?? "", mine, theirs);
  return file === null ? null : { file };
}

/** The hunks of both sides in order; hunks that overlap, or insert at the same place, form one region. */
function regions(mine: readonly Hunk[], theirs: readonly Hunk[]): Region[] {
  const all = [...mine.map((hunk) => ({ hunk, isMine: true })), ...theirs.map((hunk) => ({ hunk, isMine: false }))];
  all.sort((a, b) => a.hunk.start - b.hunk.start || a.hunk.end - b.hunk.end);
  const found: Region[] = [];
  for (const { hunk, isMine } of all) {
    let region = found.at(-1);
    if (region && overlap(region, hunk)) region.end = Math.max(region.end, hunk.end);
    else found.push((region = { start: hunk.start, end: hunk.end, mine: [], theirs: [] }));
    (isMine ? region.mine : region.theirs).push(hunk);
  }
  return found;
}

function overlap(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return (a.start < b.end && b.start < a.end) || (a.start === b.start && a.end === b.end);
}

/** The region's lines with the hunks of one side applied. */
function made(base: readonly string[], side: readonly string[], region: Region, hunks: readonly Hunk[]): string[] {
  const lines: string[] = [];
  let done = region.start;
  for (const hunk of hunks) {
    for (let line = done; line < hunk.start; line++) lines.push(base[line] as string);
    for (let line = hunk.from; line < hunk.to; line++) lines.push(side[line] as string);
    done = hunk.end;
  }
  for (let line = done; line < region.end; line++) lines.push(base[line] as string);
  return lines;
}

function alike(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
