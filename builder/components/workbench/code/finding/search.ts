/** What is looked for in the texts of a project, and where. */
export interface Query {
  text: string;
  regex: boolean;
  matchCase: boolean;
  word: boolean;
  /** Patterns of paths, separated by commas: `src/**`, `*.css`, `pages`. Empty: everywhere, and nowhere. */
  include: string;
  exclude: string;
  /** What each match becomes; `$1` and the like stand for groups where a pattern is looked for. */
  replace: string;
}

export interface Match {
  from: number;
  to: number;
  line: number;
  /** The line, cut where it is long; the match begins at `at` of it. */
  shown: string;
  at: number;
  /** What is seen of the match itself, and what it becomes. */
  old: string;
  next: string;
}

export interface Hits {
  files: { path: string; matches: Match[] }[];
  count: number;
  /** Not all matches are in `files`. */
  cut: boolean;
  /** Why a pattern cannot be used, in the engine's words; "" where it can. */
  problem: string;
  ms: number;
}

const MOST_SHOWN = 2_000;
const AROUND = 60;
const LONG = 200;

/** `src/**`, `*.css`, `{a,b}.ts`; a plain name stands for files and folders of that name anywhere. */
export function pathPattern(patterns: string): RegExp | null {
  const all = patterns.split(/,(?![^{]*\})/).map((one) => one.trim().replace(/^\.?\//, "")).filter(Boolean);
  if (all.length === 0) return null;
  const made = all.map((one) => {
    const body = one.replace(/\/$/, "").replace(/[.+^$()|[\]\\]/g, "\\$&").replace(/\*\*\/|\*\*|\*|\?|\{|\}|,/g, (sign) => (
      { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" }[sign] ?? sign
    ));
    return one.includes("/") && !one.endsWith("/") ? `^${body}(?:/.*)?$` : `(?:^|/)${body}(?:/.*)?$`;
  });
  return new RegExp(made.map((one) => `(?:${one})`).join("|"));
}

/** Raises a SyntaxError for a pattern that is none. */
export function patternOf({ text, regex, matchCase, word }: Query): RegExp {
  const body = regex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(word ? `(?<![\\p{L}\\p{N}_])(?:${body})(?![\\p{L}\\p{N}_])` : body, `gmu${matchCase ? "" : "i"}`);
}

export function becomes(query: Query, match: RegExpMatchArray): string {
  if (!query.regex) return query.replace;
  return query.replace.replace(/\\n|\\t|\$(\$|&|\d{1,2}|<([^>]*)>)/g, (whole, of: string | undefined, name: string | undefined) => {
    if (whole === "\\n") return "\n";
    if (whole === "\\t") return "\t";
    if (of === "$") return "$";
    if (of === "&") return match[0];
    if (name !== undefined) return match.groups?.[name] ?? "";
    return match[Number(of)] ?? (Number(of) < match.length ? "" : whole);
  });
}

function shownOf(text: string, from: number, to: number): { shown: string; at: number; old: string } {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const newline = text.indexOf("\n", from);
  const end = newline < 0 ? text.length : newline;
  const left = from - start > AROUND ? from - AROUND : start;
  const indent = left === start ? /^[ \t]*/.exec(text.slice(left, from))?.[0].length ?? 0 : 0;
  const shown = text.slice(left + indent, Math.min(end, left + LONG));
  return { shown, at: from - left - indent, old: text.slice(from, Math.min(to, end, from + LONG)) };
}

function matchesIn(text: string, pattern: RegExp, query: Query, room: number): { matches: Match[]; count: number } {
  const matches: Match[] = [];
  let count = 0;
  let line = 1;
  let counted = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0] === "") {
      pattern.lastIndex += text.codePointAt(match.index)! > 0xffff ? 2 : 1;
      if (match.index >= text.length) break;
      continue;
    }
    count += 1;
    if (matches.length >= room) continue;
    for (let at = text.indexOf("\n", counted); at >= 0 && at < match.index; at = text.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
    const to = match.index + match[0].length;
    matches.push({ from: match.index, to, line, ...shownOf(text, match.index, to), next: becomes(query, match) });
  }
  return { matches, count };
}

export function search(texts: ReadonlyMap<string, string>, query: Query): Hits {
  const began = performance.now();
  const hits: Hits = { files: [], count: 0, cut: false, problem: "", ms: 0 };
  if (query.text === "") return hits;
  let pattern: RegExp;
  try {
    pattern = patternOf(query);
  } catch (error) {
    return { ...hits, problem: (error as Error).message };
  }
  const include = pathPattern(query.include);
  const exclude = pathPattern(query.exclude);
  let room = MOST_SHOWN;
  for (const path of [...texts.keys()].sort()) {
    if ((include && !include.test(path)) || exclude?.test(path)) continue;
    const { matches, count } = matchesIn(texts.get(path) ?? "", pattern, query, room);
    hits.count += count;
    room -= matches.length;
    if (matches.length) hits.files.push({ path, matches });
  }
  hits.cut = hits.count > MOST_SHOWN - room;
  hits.ms = performance.now() - began;
  return hits;
}

/** The text after its matches were replaced. */
export function replaced(text: string, query: Query): string {
  const pattern = patternOf(query);
  let next = "";
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === "") continue;
    next += text.slice(at, match.index) + becomes(query, match);
    at = match.index + match[0].length;
  }
  return next + text.slice(at);
}
