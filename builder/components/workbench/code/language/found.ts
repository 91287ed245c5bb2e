/** A fault in a file's text at the characters `from` to `to`. */
export interface Found {
  from: number;
  to: number;
  severity: "error" | "warning";
  /** Whose words `text` are: the compiler's own, or the name of a tag that is open, stray or cut. */
  code: "said" | "open" | "stray" | "cut";
  text: string;
}

/** A place in a file's text. */
export interface Span {
  path: string;
  from: number;
  to: number;
}

export interface Symbol extends Span {
  name: string;
  kind: string;
}

export interface TextChange {
  from: number;
  to: number;
  text: string;
}

/** What can be asked of the worker, and what it answers. */
export interface Questions {
  /** The changes in other files (by path) after `moves` (old path → new path). Their texts are as before the move. */
  moved: { ask: { moves: Record<string, string> }; answer: Record<string, TextChange[]> };
  symbols: { ask: { query: string }; answer: Symbol[] };
  hover: { ask: { path: string; at: number }; answer: { from: number; to: number; code: string; text: string } | null };
  definition: { ask: { path: string; at: number }; answer: Span[] };
  complete: { ask: { path: string; at: number }; answer: { name: string; kind: string; insert: string; sort: string }[] };
}

export type ToReader =
  | { tell: "files"; put: Record<string, string>; delete: string[] }
  | { tell: "types"; files: Record<string, string> }
  | { tell: "shown"; path: string | null }
  | { [Name in keyof Questions]: { ask: Name; id: number; with: Questions[Name]["ask"] } }[keyof Questions];

export type FromReader =
  | { answer: number; is: unknown }
  | { failed: number; why: string }
  | { problems: string; found: Found[] }
  /** Whether every file has been looked at since the last change. */
  | { looked: boolean };
