/** The store of the Logs tab: lines of the engine and the app, bounded. */

export type Level = "error" | "warn" | "info" | "log" | "debug";

export interface Line {
  id: number;
  level: Level;
  source: "app" | "build" | "engine";
  text: string;
  at: number;
  file?: string | undefined;
  line?: number | undefined;
  /** Not a line of the app: it marks where a run begins, or how it ended. */
  mark?: boolean | undefined;
  /** It came while the app was being written, and may be over with the next file. */
  passing?: boolean | undefined;
  /** How often the line came in a row. */
  times: number;
}

export const MOST_LINES = 2_000;
/** A line longer than this is cut: one console.log of a large object must not fill memory. */
const MOST_CHARACTERS = 10_000;

export class Log {
  private lines: readonly Line[] = [];
  private next = 1;
  private seen = 0;
  private scheduled = false;
  private pending: Line[] = [];
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getLines = (): readonly Line[] => this.lines;

  /** Errors since the person last looked, or since the app last worked. */
  get errors(): number {
    return this.lines.filter((line) => line.level === "error" && line.id > this.seen).length;
  }

  /** Entries that are already listed are not counted as unseen any more. */
  markSeen(): void {
    if (this.seen === this.next - 1) return;
    this.seen = this.next - 1;
    this.lines = [...this.lines];
    this.tell();
  }

  add(line: Omit<Line, "id" | "times">): void {
    const last = this.pending.at(-1) ?? this.lines.at(-1);
    const next = { ...line, text: line.text.slice(0, MOST_CHARACTERS), id: this.next++, times: 1 };
    if (last && isSame(last, next)) {
      const merged = { ...next, times: last.times + 1 };
      if (this.pending.length) this.pending[this.pending.length - 1] = merged;
      else {
        this.lines = this.lines.slice(0, -1);
        this.pending.push(merged);
      }
    } else this.pending.push(next);
    if (this.pending.length > MOST_LINES) this.pending.splice(0, this.pending.length - MOST_LINES);
    if (this.scheduled) return;
    this.scheduled = true;
    // Once per 100 ms: an app that logs in a loop must not keep the builder busy.
    setTimeout(() => this.take(), 100);
  }

  /** Forgets what came while the app was being written. */
  dropPassing(): void {
    const kept = this.lines.filter((line) => !line.passing);
    this.pending = this.pending.filter((line) => !line.passing);
    if (kept.length === this.lines.length) return;
    this.lines = kept;
    this.tell();
  }

  clear(): void {
    this.pending = [];
    this.lines = [];
    this.tell();
  }

  private take(): void {
    this.scheduled = false;
    const lines = [...this.lines, ...this.pending];
    // A server's log begins with lines that were written before this page was opened.
    if (lines.some((line, at) => at > 0 && line.at < (lines[at - 1]?.at ?? 0))) lines.sort((a, b) => a.at - b.at);
    this.pending = [];
    this.lines = lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/**
 * The same line again; or the same file, in which the person is typing, still has a mistake: then only the newest one
 * is worth reading.
 */
function isSame(last: Line, next: Line): boolean {
  if (last.source === "build" && next.source === "build") return last.file === next.file;
  return last.text === next.text && last.level === next.level && last.source === next.source;
}
