/** Lines `start` to `end` of the first text became the lines `from` to `to` of the second. */
export interface Hunk {
  start: number;
  end: number;
  from: number;
  to: number;
}

/**
 * With more moved lines than this, the whole difference counts as one hunk: the search time grows with the square of
 * their number.
 */
const MOST_EDITS = 2_000;

/** The difference between two texts, line by line. */
export function lineDiff(a: readonly string[], b: readonly string[]): Hunk[] {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const hunks: Hunk[] = [];
  let start = head;
  let from = head;
  const until = (end: number, to: number): void => {
    if (end > start || to > from) hunks.push({ start, end, from, to });
    start = end + 1;
    from = to + 1;
  };
  for (const [inA, inB] of matches(a, b, head, tail)) until(inA, inB);
  until(a.length - tail, b.length - tail);
  return hunks;
}

/** Pairs of lines that stay, in order. Lines that the other text does not contain are left out of the search. */
function matches(a: readonly string[], b: readonly string[], head: number, tail: number): [number, number][] {
  const inB = new Set(b.slice(head, b.length - tail));
  const left = indices(a, head, a.length - tail, inB);
  const right = indices(b, head, b.length - tail, new Set(left.map((at) => a[at] as string)));
  return common(left.length, right.length, (x, y) => a[left[x] as number] === b[right[y] as number])
    .map(([x, y]) => [left[x] as number, right[y] as number]);
}

function indices(lines: readonly string[], start: number, end: number, known: ReadonlySet<string>): number[] {
  const found: number[] = [];
  for (let at = start; at < end; at++) if (known.has(lines[at] as string)) found.push(at);
  return found;
}

/**
 * The longest common subsequence: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy form.
 * Empty where it would take more than `MOST_EDITS`.
 */
function common(n: number, m: number, same: (x: number, y: number) => boolean): [number, number][] {
  const most = Math.min(n + m, MOST_EDITS);
  const reach = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  const origin = most + 1;
  for (let edits = 0; edits <= most; edits++) {
    // Only this step's diagonals are stored: storing all of them would take the square of the limit in any case.
    trace.push(reach.slice(origin - edits - 1, origin + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && at(reach, origin + k - 1) < at(reach, origin + k + 1));
      let x = down ? at(reach, origin + k + 1) : at(reach, origin + k - 1) + 1;
      while (x < n && x - k < m && same(x, x - k)) x += 1;
      reach[origin + k] = x;
      if (x >= n && x - k >= m) return backtrack(trace, n, m);
    }
  }
  return [];
}

function backtrack(trace: readonly Int32Array[], n: number, m: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = n;
  let y = m;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] as Int32Array;
    const origin = edits + 1;
    const k = x - y;
    const down = k === -edits || (k !== edits && at(reach, origin + k - 1) < at(reach, origin + k + 1));
    const before = edits === 0 ? 0 : at(reach, origin + (down ? k + 1 : k - 1));
    const turn = edits === 0 ? 0 : before + (down ? 0 : 1);
    while (x > turn) pairs.push([--x, --y]);
    x = before;
    y = before - (down ? k + 1 : k - 1);
  }
  return pairs.reverse();
}

const at = (reach: Int32Array, index: number): number => reach[index] as number;
