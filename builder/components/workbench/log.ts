/** What the engine and the app say, bounded: the Logs tab's store. */

export type Level = "error" | "warn" | "info" | "log" | "debug";

export interface Line {
  id: number;
  level: Level;
  source: "app" | "build" | "engine";
  text: string;
  at: number;
  file?: string | undefined;
  line?: number | undefined;
  /** How often it was said in a row. */
  times: number;
}

export const MOST_LINES = 2_000;
/** A line longer than this is cut: one console.log of a large object must not fill memory. */
const MOST_CHARACTERS = 10_000;

export class Log {
  private lines: readonly Line[] = [];
  private next = 1;
  private scheduled = false;
  private pending: Line[] = [];
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getLines = (): readonly Line[] => this.lines;

  get errors(): number {
    return this.lines.filter((line) => line.level === "error").length;
  }

  add(line: Omit<Line, "id" | "times">): void {
    const last = this.pending.at(-1);
    if (last && last.text === line.text && last.level === line.level) last.times += 1;
    else this.pending.push({ ...line, text: line.text.slice(0, MOST_CHARACTERS), id: this.next++, times: 1 });
    if (this.pending.length > MOST_LINES) this.pending.splice(0, this.pending.length - MOST_LINES);
    if (this.scheduled) return;
    this.scheduled = true;
    // Once per 100 ms: an app that logs in a loop must not keep the builder busy.
    setTimeout(() => this.take(), 100);
  }

  clear(): void {
    this.pending = [];
    this.lines = [];
    this.tell();
  }

  private take(): void {
    this.scheduled = false;
    const lines = [...this.lines, ...this.pending];
    this.pending = [];
    this.lines = lines.length > MOST_LINES ? lines.slice(-MOST_LINES) : lines;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
