import { ApiError, type ProjectApi, type WorkingPatch } from "./api";
import { toWire } from "./files";
import type { Journal } from "./journal";

/** Long enough to gather a burst of typing into one request, short enough to lose nothing worth naming. */
const GATHER_MS = 150;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;
/** Browsers allow 64 kB of keepalive bodies in all. */
const KEEPALIVE_BYTES = 60_000;

type Step =
  | { kind: "write"; put: Map<string, string | Uint8Array>; delete: Set<string> }
  | { kind: "rename"; from: string; to: string };

export interface WorkingCopyReport {
  /** The server took it. */
  accepted(revision: number): void;
  /** The server refuses it for good: the paths have to be read anew. */
  refused(error: ApiError, paths: string[]): void;
  /** No answer: it is kept and sent again. */
  waiting(isWaiting: boolean): void;
}

/** Writes to the project's working copy: gathered, in order, sent again until the server has them. */
export class WorkingCopy {
  private readonly steps: Step[] = [];
  private inFlight: Step | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retry = FIRST_RETRY_MS;
  private idle: (() => void)[] = [];

  constructor(
    private readonly api: ProjectApi,
    private readonly client: string,
    private readonly journal: Journal,
    private readonly report: WorkingCopyReport,
  ) {
    addEventListener("pagehide", this.leave);
  }

  close(): void {
    this.leave();
    removeEventListener("pagehide", this.leave);
  }

  put(path: string, file: string | Uint8Array): void {
    const step = this.lastWrite();
    step.delete.delete(path);
    step.put.set(path, file);
    const kept = typeof file === "string" && this.journal.note(path, file);
    this.schedule(kept ? GATHER_MS : 0);
  }

  delete(path: string): void {
    const step = this.lastWrite();
    step.put.delete(path);
    step.delete.add(path);
    this.journal.note(path, null);
    this.schedule(GATHER_MS);
  }

  rename(from: string, to: string): void {
    this.steps.push({ kind: "rename", from, to });
    this.schedule(0);
  }

  /** Whether something typed in `path` is not yet on the server. */
  isPending(path: string): boolean {
    return [this.inFlight, ...this.steps].some((step) => step !== null && touches(step, path));
  }

  get pending(): string[] {
    return [this.inFlight, ...this.steps].flatMap((step) => (step ? paths(step) : []));
  }

  /** Resolves once the server has everything. */
  flush(): Promise<void> {
    if (!this.inFlight && this.steps.length === 0) return Promise.resolve();
    this.schedule(0);
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private lastWrite(): Step & { kind: "write" } {
    const last = this.steps.at(-1);
    if (last?.kind === "write") return last;
    const step = { kind: "write" as const, put: new Map<string, string | Uint8Array>(), delete: new Set<string>() };
    this.steps.push(step);
    return step;
  }

  private schedule(ms: number): void {
    if (this.inFlight || (this.timer !== undefined && ms > 0)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.send();
    }, ms);
  }

  private async send(): Promise<void> {
    const step = this.steps.shift();
    if (this.inFlight || !step) return;
    this.inFlight = step;
    const patch = this.patchOf(step);
    try {
      const small = JSON.stringify(patch).length < KEEPALIVE_BYTES;
      const { revision } = await this.api.patch(patch, small);
      this.retry = FIRST_RETRY_MS;
      this.report.waiting(false);
      this.settle(step);
      this.inFlight = null;
      this.report.accepted(revision);
    } catch (error) {
      this.inFlight = null;
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 0 || error.status >= 500 || error.status === 429) {
        this.steps.unshift(step);
        this.report.waiting(true);
        this.schedule(this.retry);
        this.retry = Math.min(this.retry * 2, LONGEST_RETRY_MS);
        return;
      }
      this.settle(step);
      this.report.refused(error, paths(step));
    }
    if (this.steps.length) this.schedule(this.idle.length ? 0 : GATHER_MS);
    else for (const done of this.idle.splice(0)) done();
  }

  private settle(step: Step): void {
    if (step.kind === "rename") return;
    for (const [path, file] of step.put) if (typeof file === "string") this.journal.settle(path, file);
    for (const path of step.delete) this.journal.settle(path, null);
  }

  private patchOf(step: Step): WorkingPatch {
    if (step.kind === "rename") return { rename: { [step.from]: step.to }, client: this.client };
    const put = Object.fromEntries([...step.put].map(([path, file]) => [path, toWire(file)]));
    return { put, delete: [...step.delete], client: this.client };
  }

  /** The page is going: what still waits goes out in requests that outlive it; the journal covers the rest. */
  private readonly leave = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.inFlight) return;
    let room = KEEPALIVE_BYTES;
    while (this.steps[0]) {
      const patch = this.patchOf(this.steps[0]);
      room -= JSON.stringify(patch).length;
      if (room < 0) return;
      const [step] = this.steps.splice(0, 1);
      void this.api.patch(patch, true).then(
        () => step && this.settle(step),
        (error: unknown) => console.warn("kept for the next visit", error),
      );
    }
  };
}

function paths(step: Step): string[] {
  return step.kind === "rename" ? [step.from, step.to] : [...step.put.keys(), ...step.delete];
}

function touches(step: Step, path: string): boolean {
  return step.kind === "rename" ? step.from === path || step.to === path : step.put.has(path) || step.delete.has(path);
}
