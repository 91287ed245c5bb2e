/** Something that is wrong at a place of a file, or with the app; `path` is "" where no file is named. Lines begin with 1. */
export interface Problem {
  path: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  severity: "error" | "warning";
  source: "code" | "style" | "build" | "app" | "walk";
  text: string;
}

/** Line and column, from 1, of the character at `offset`. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", start)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
