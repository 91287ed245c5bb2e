import type { DiffLine } from "../controls/diff";
import { type FileMap, sameFile } from "../store/files";
import { type Hunk, lineDiff } from "../store/text/line_diff";

export type FileChange = "added" | "removed" | "changed";

/** The files that differ, by path. */
export function changedFiles(before: FileMap, after: FileMap): [string, FileChange][] {
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return all.flatMap((path): [string, FileChange][] => {
    if (!(path in before)) return [[path, "added"]];
    if (!(path in after)) return [[path, "removed"]];
    return sameFile(before[path], after[path]) ? [] : [[path, "changed"]];
  });
}

export interface ChangedLines {
  hunk: Hunk;
  lines: DiffLine[];
}

const AROUND = 3;

/** The places where two texts differ, each with the lines around it. */
export function pieces(before: string, after: string): ChangedLines[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  return lineDiff(a, b).map((hunk) => {
    const same = (from: number, to: number): DiffLine[] => a.slice(Math.max(0, from), to).map((text) => ({ kind: "same", text }));
    return {
      hunk,
      lines: [
        ...same(hunk.start - AROUND, hunk.start),
        ...a.slice(hunk.start, hunk.end).map((text): DiffLine => ({ kind: "remove", text })),
        ...b.slice(hunk.from, hunk.to).map((text): DiffLine => ({ kind: "add", text })),
        ...same(hunk.end, hunk.end + AROUND),
      ],
    };
  });
}

/** `after` with the lines of one place as `before` has them. */
export function withPieceOf(before: string, after: string, { start, end, from, to }: Hunk): string {
  const [a, b] = [before.split("\n"), after.split("\n")];
  return [...b.slice(0, from), ...a.slice(start, end), ...b.slice(to)].join("\n");
}
