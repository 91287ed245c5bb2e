/** How well `text` fits what was typed: all its letters in their order, best at beginnings of words; null where it does not. */
export function rank(typed: string, text: string): number | null {
  if (typed === "") return 0;
  const [want, have] = [typed.toLowerCase(), text.toLowerCase()];
  const whole = have.lastIndexOf(want);
  if (whole >= 0) return 1000 - text.length + (isStart(text, whole) ? 500 : 0) + (whole > text.lastIndexOf("/") ? 200 : 0);
  let score = 0;
  let at = 0;
  for (const letter of want.replace(/\s+/g, "")) {
    const found = have.indexOf(letter, at);
    if (found < 0) return null;
    score += isStart(text, found) ? 12 : found === at ? 6 : 0;
    at = found + 1;
  }
  return score - text.length / 4;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || /[\s/._-]/.test(text[at - 1] ?? "") || (/[a-z]/.test(text[at - 1] ?? "") && /[A-Z]/.test(text[at] ?? ""));
}

/** The best `most` of them, best first; those that fit equally keep their order. */
export function best<T>(all: readonly T[], typed: string, textOf: (one: T) => string, most: number): T[] {
  const fit = all.flatMap((one, order) => {
    const score = rank(typed.trim(), textOf(one));
    return score === null ? [] : [{ one, score, order }];
  });
  fit.sort((a, b) => b.score - a.score || a.order - b.order);
  return fit.slice(0, most).map(({ one }) => one);
}
