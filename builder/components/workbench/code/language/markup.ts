import type { Found } from "./found";

/** Elements without an end tag, and those whose end tag may be left out (HTML standard, 13.1.2.4). */
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
const MAY_STAY_OPEN = new Set("html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rt rp caption".split(" "));
const RAW = new Set(["script", "style", "textarea", "title"]);
const TAG = /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([a-zA-Z][\w:-]*)((?:"[^"]*"|'[^']*'|[^'">])*)(>?)/g;

/** Elements of a page that are not closed, or closed but never opened. */
export function markupProblems(text: string): Found[] {
  const found: Found[] = [];
  const open: { name: string; from: number }[] = [];
  const tell = (from: number, length: number, code: Found["code"], name: string): void => {
    found.push({ from, to: from + length, severity: "error", code, text: name });
  };
  TAG.lastIndex = 0;
  for (let match = TAG.exec(text); match; match = TAG.exec(text)) {
    const [, slash, written, rest = "", end] = match;
    if (written === undefined) continue;
    const name = written.toLowerCase();
    if (end === "") {
      tell(match.index, written.length + 1, "cut", written);
      continue;
    }
    if (slash) {
      const at = open.findLastIndex((one) => one.name === name);
      if (at < 0 && !MAY_STAY_OPEN.has(name) && !VOID.has(name)) tell(match.index, match[0].length, "stray", written);
      if (at < 0) continue;
      for (const left of open.splice(at).slice(1)) if (!MAY_STAY_OPEN.has(left.name)) tell(left.from, left.name.length + 1, "open", left.name);
      continue;
    }
    if (VOID.has(name) || rest.trimEnd().endsWith("/")) continue;
    if (RAW.has(name)) {
      const close = text.slice(TAG.lastIndex).search(new RegExp(`</${name}[\\s>]`, "i"));
      if (close < 0) {
        tell(match.index, written.length + 1, "open", name);
        break;
      }
      TAG.lastIndex += close + name.length + 2;
      continue;
    }
    open.push({ name, from: match.index });
  }
  for (const left of open) if (!MAY_STAY_OPEN.has(left.name)) tell(left.from, left.name.length + 1, "open", left.name);
  return found;
}
