import { best } from "../../palette/ranking";

const MOST = 8;

/** A file that is being named at the caret: where its @ stands, and what is typed of it. */
export interface Mention {
  from: number;
  typed: string;
}

/** The mention that ends at the caret; null where there is none. An @ within a word, as of an address, is none. */
export function mentionAt(text: string, caret: number): Mention | null {
  const found = /(?:^|\s)@([^\s@]*)$/.exec(text.slice(0, caret));
  return found?.[1] === undefined ? null : { from: caret - found[1].length - 1, typed: found[1] };
}

/** The files that fit best. Names with a space could not be told from what follows. */
export const mentioned = (paths: readonly string[], { typed }: Mention): string[] =>
  best(paths.filter((path) => !/\s/.test(path)), typed, (path) => path, MOST);

/** The text with `path` named, and where the caret then stands. */
export function named(text: string, { from, typed }: Mention, path: string): { text: string; caret: number } {
  const rest = text.slice(from + 1 + typed.length);
  const before = `${text.slice(0, from)}@${path}${/^\s/.test(rest) ? "" : " "}`;
  return { text: before + rest, caret: before.length + (/^\s/.test(rest) ? 1 : 0) };
}
