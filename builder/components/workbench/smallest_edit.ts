/** What between the common beginning and the common end differs. Surrogate pairs are not cut apart. */
export function smallestEdit(old: string, text: string): { start: number; end: number; insert: string } {
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
