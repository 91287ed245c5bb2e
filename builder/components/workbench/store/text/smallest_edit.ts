import { lineDiff } from "./line_diff";

/** The characters from `start` to `end` are replaced by `insert`. */
export interface Splice {
  start: number;
  end: number;
  insert: string;
}

/** One edit for every stretch of lines that differs, in order: a cursor between two edits stays where it is. */
export function smallestEdits(old: string, text: string): Splice[] {
  const whole = smallestEdit(old, text);
  const removed = old.slice(whole.start, whole.end);
  if (!removed.includes("\n") || !whole.insert.includes("\n")) return [whole];
  const before = removed.split("\n");
  const after = whole.insert.split("\n");
  const offsets = starts(before, whole.start);
  return lineDiff(before, after).map((hunk) => {
    const start = offsets[hunk.start] as number;
    const end = offsets[hunk.end] as number;
    // Each line includes its line break, which the last one lacks; so lines added or removed at the end take the break
    // of the line before them.
    const atEnd = hunk.end === before.length;
    const lines = after.slice(hunk.from, hunk.to).map((line) => `${line}\n`).join("");
    if (!atEnd) return { start, end, insert: lines };
    if (hunk.start === before.length) return { start: whole.end, end: whole.end, insert: `\n${lines.slice(0, -1)}` };
    if (lines === "") return { start: Math.max(start - 1, whole.start), end: whole.end, insert: "" };
    return { start, end: whole.end, insert: lines.slice(0, -1) };
  }).map(({ start, end, insert }) => {
    const inner = smallestEdit(old.slice(start, end), insert);
    return { start: start + inner.start, end: start + inner.end, insert: inner.insert };
  });
}

/** The offsets at which the lines begin, and one for a line after the last. */
function starts(lines: readonly string[], first: number): number[] {
  const offsets = [first];
  for (const line of lines) offsets.push((offsets.at(-1) as number) + line.length + 1);
  return offsets;
}

/** The difference between the common beginning and the common end. Surrogate pairs are not split. */
export function smallestEdit(old: string, text: string): Splice {
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old[start] === text[start]) start += 1;
  if (start > 0 && isHighSurrogate(old, start - 1)) start -= 1;
  let tail = 0;
  while (tail < shorter - start && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
  if (tail > 0 && isHighSurrogate(old, old.length - tail - 1)) tail -= 1;
  return { start, end: old.length - tail, insert: text.slice(start, text.length - tail) };
}

function isHighSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
}
