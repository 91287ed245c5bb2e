import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { lineDiff } from "../store/text/line_diff";
import { baseAfter, merge, reconcile } from "../store/merge";
import { smallestEdits } from "../store/text/smallest_edit";

/** A stream of numbers that is the same in every run (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** `lines` after a few changes of stretches of it; what is new bears `mark`. */
function edited(lines: readonly string[], next: (below: number) => number, mark: string, most = 3): string[] {
  const made = [...lines];
  for (let left = 1 + next(most); left > 0; left--) {
    const fresh = Array.from({ length: next(3) }, (_, n) => `${mark} ${left}.${n} ${next(1_000)}`);
    made.splice(next(made.length + 1), next(3), ...fresh);
  }
  return made;
}

function withEdits(text: string, wanted: string): string {
  let shift = 0;
  let last = 0;
  let result = text;
  for (const { start, end, insert } of smallestEdits(text, wanted)) {
    assert.ok(start >= last && end >= start, "in order");
    result = result.slice(0, start + shift) + insert + result.slice(end + shift);
    shift += insert.length - (end - start);
    last = end;
  }
  return result;
}

test("changes of different lines are both kept", () => {
  const cases: [string, string, string, string][] = [
    ["a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"],
    ["a\nb\nc", "A\nb\nc", "a\nB\nc", "A\nB\nc"],
    ["a\nb", "a\nnew\nb", "a\nB", "a\nnew\nB"],
    ["a\nb", "a\nb\nlast", "first\na\nb", "first\na\nb\nlast"],
    ["a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd"],
    ["a\r\nb\r\n", "A\r\nb\r\n", "a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n"],
    ["", "mine", "", "mine"],
    ["a\nb", "a\nX", "a\nX", "a\nX"],
    ["a\nb\nc", "a\nX\nc\nd", "a\nX\nc", "a\nX\nc\nd"],
  ];
  for (const [base, mine, theirs, both] of cases) {
    assert.equal(merge(base, mine, theirs), both, JSON.stringify([base, mine, theirs]));
    assert.equal(merge(base, theirs, mine), both, JSON.stringify([base, theirs, mine]));
  }
});

test("changes of the same lines are never decided", () => {
  const cases: [string, string, string][] = [
    ["a", "b", "c"], ["", "b", "c"], ["a\nb\nc", "a\nc", "a\nB\nc"], ["a\nb", "a\nx\nb", "a\ny\nb"],
    ["a", "a\nmine", "a\ntheirs"], ["a\nb\nc\nd", "X\nd", "a\nB\nC\nd"],
  ];
  for (const [base, mine, theirs] of cases) {
    assert.equal(merge(base, mine, theirs), null, JSON.stringify([base, mine, theirs]));
    assert.equal(merge(base, theirs, mine), null, JSON.stringify([base, theirs, mine]));
  }
});

test("what Git merges is merged the same, and nothing that either of two people wrote is missing", () => {
  const folder = mkdtempSync(join(tmpdir(), "merge-"));
  const next = numbers(20_261_123);
  const count = { both: 0, ours: 0, neither: 0 };
  try {
    for (let round = 0; round < 250; round++) {
      const base = Array.from({ length: next(24) }, (_, n) => `line ${n}`);
      const mine = edited(base, next, "mine");
      const theirs = edited(base, next, "theirs");
      for (const [name, lines] of Object.entries({ base, mine, theirs })) {
        writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(""));
      }
      const git = spawnSync("git", ["merge-file", "-p", "mine", "base", "theirs"], { cwd: folder, encoding: "utf8" });
      assert.ok(git.status !== null && git.status < 128, git.stderr);
      const text = (lines: string[]): string => lines.map((line) => `${line}\n`).join("");
      const merged = merge(text(base), text(mine), text(theirs));
      const what = JSON.stringify({ base, mine, theirs });
      if (git.status === 0) {
        assert.equal(merged, git.stdout, what);
        count.both += 1;
      } else if (merged === null) count.neither += 1;
      else {
        // Changes that touch and do not overlap, which Git leaves to the person.
        const kept = merged.split("\n");
        for (const line of [...mine, ...theirs]) if (!base.includes(line)) assert.ok(kept.includes(line), what);
        for (const line of kept.slice(0, -1)) assert.ok(mine.includes(line) || theirs.includes(line), what);
        count.ours += 1;
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [kind, found] of Object.entries(count)) assert.ok(found > 5, `${kind}: ${JSON.stringify(count)}`);
});

test("a merge is the same from both sides and a difference leads from one text to the other, whatever repeats", () => {
  const next = numbers(7);
  for (let round = 0; round < 3_000; round++) {
    const lines = (length: number): string[] => Array.from({ length }, () => "ab\u{1F382}\n"[next(3)] ?? "").map((text) => text.trim());
    const base = lines(next(9)).join("\n");
    const mine = edited(base.split("\n"), next, "a").map((line) => line.slice(0, next(3))).join("\n");
    const theirs = lines(next(9)).join("\n");
    assert.equal(merge(base, mine, theirs), merge(base, theirs, mine));
    assert.equal(merge(base, mine, base), mine);
    const [from, to] = [base.split("\n"), mine.split("\n")];
    let made: string[] = [];
    let done = 0;
    for (const hunk of lineDiff(from, to)) {
      made = [...made, ...from.slice(done, hunk.start), ...to.slice(hunk.from, hunk.to)];
      done = hunk.end;
    }
    assert.deepEqual([...made, ...from.slice(done)], to);
    assert.equal(withEdits(base, mine), mine);
    assert.equal(withEdits(base, theirs), theirs);
  }
});

test("what went out without an answer is the base of what follows where the others built on it", () => {
  assert.equal(baseAfter("a\nb1", "a\nb", "a\nb1"), "a\nb1");
  assert.equal(baseAfter("a\n\nb1", "a\n\nb", "A\n\nb1"), "a\n\nb1");
  assert.equal(baseAfter("a\nb1", "a\nb", "A\nb"), "a\nb");
  assert.equal(baseAfter("a\nb1", "a\nb", "a\nb2"), "a\nb");
  assert.equal(baseAfter("a\nb1", "a\nb", null), "a\nb");
  assert.equal(baseAfter("a\nb1", undefined, "a\nb2"), undefined);
  assert.equal(baseAfter(null, "a", "b"), "a");
});

test("a file that one deletes and the other works on stays, and whoever works on it is asked", () => {
  assert.deepEqual(reconcile("a", null, "b"), { file: "b" });
  assert.equal(reconcile("a", "b", null), null);
  assert.deepEqual(reconcile("a", "a", null), { file: null });
  assert.deepEqual(reconcile("a", null, "a"), { file: null });
  assert.deepEqual(reconcile("a", null, null), { file: null });
  assert.deepEqual(reconcile(undefined, null, "b"), { file: "b" });
});

test("pictures, and texts of which nobody knows what they were, are never mixed", () => {
  const [one, two] = [new Uint8Array([1]), new Uint8Array([2])];
  assert.equal(reconcile(new Uint8Array([0]), one, two), null);
  assert.deepEqual(reconcile(one, one.slice(), two), { file: two });
  assert.equal(reconcile("a", "b", two), null);
  assert.equal(reconcile(undefined, "a", "b"), null);
  assert.deepEqual(reconcile(undefined, "a", "a"), { file: "a" });
});

test("a file that both made is asked about, unless one of them left it empty", () => {
  assert.equal(reconcile(null, "mine", "theirs"), null);
  assert.deepEqual(reconcile(null, "", "theirs"), { file: "theirs" });
  assert.deepEqual(reconcile(null, "mine", ""), { file: "mine" });
});

test("each stretch that differs is an edit of its own", () => {
  const old = "one\ntwo\nthree\nfour\nfive\n";
  const edits = smallestEdits(old, "ONE\ntwo\nthree\nfour!\nfive\nsix\n");
  assert.deepEqual(edits.map(({ start, end, insert }) => [old.slice(start, end), insert]), [["one", "ONE"], ["", "!"], ["", "\nsix"]]);
});

/** Milliseconds of merging files of so many lines, and files that have nothing in common. */
function took(count: number): number {
  const lines = Array.from({ length: count }, (_, n) => (n % 3 ? `  value ${n}: some text of the usual length` : "  }"));
  const mine = lines.with(100, "mine").toSpliced(count / 2, 4, "mine too");
  const theirs = lines.with(count - 1_000, "theirs").toSpliced(20, 0, "theirs too");
  const texts = [lines, mine, theirs].map((all) => all.join("\n")) as [string, string, string];
  const began = performance.now();
  const merged = merge(...texts) ?? "";
  for (const text of ["mine", "mine too", "theirs", "theirs too"]) assert.ok(merged.split("\n").includes(text));
  const shuffled = lines.map((_, n) => lines[(n * 7_919) % lines.length] ?? "");
  assert.equal(merge(texts[0], shuffled.join("\n"), texts[2]), null);
  return performance.now() - began;
}

test("large files are merged at once, and so are those that have nothing in common: ten times the lines take no hundred times as long", () => {
  took(6_000);
  const small = Math.min(took(6_000), took(6_000), took(6_000));
  const large = Math.min(took(60_000), took(60_000));
  assert.ok(large < 40 * small, `${large} ms, a tenth of the lines in ${small} ms`);
});
