import { ApiError } from "../../client/http";
import type { ProjectApi, WorkingPatch } from "./api";
import { type File, type Known, NOTHING, toWire } from "./files";
import type { Journal } from "./journal";

/** Long enough to gather a burst of typing into one request, short enough to lose nothing worth naming. */
const GATHER_MS = 150;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;
/** Browsers allow 64 kB of keepalive bodies in all. */
const KEEPALIVE_BYTES = 60_000;

interface Write {
  kind: "write";
  put: Map<string, string | Uint8Array>;
  delete: Set<string>;
  /** The former path of a text that is put: new path → old path. */
  moved: Map<string, string>;
  /** It was sent, and nobody knows whether it arrived: it is sent again unchanged, and nothing is added to it. */
  sent: boolean;
}
type Step = Write | { kind: "rename"; from: string; to: string };

/** A write that was refused because somebody else had changed the file meanwhile. */
export interface Meeting {
  path: string;
  base: Known | undefined;
  /** What the write sent; it may have arrived earlier if no answer came. undefined: nothing. */
  sent: File | undefined;
  /** The content that this tab wanted there; null: no file. */
  mine: File;
  theirs: Known;
  /** Where this tab moved the file to. */
  movedTo: string | undefined;
}

export interface WorkingCopyReport {
  /** The server took it. */
  accepted(revision: number): void;
  /**
   * Somebody else wrote the same files meanwhile. These files wait in no step any more; the caller puts their new
   * content.
   */
  met(meetings: Meeting[]): void;
  /** The server refuses it for good: the paths have to be read again. */
  refused(error: ApiError, paths: string[]): void;
  /** No answer: it is kept and sent again. */
  waiting(isWaiting: boolean): void;
}

/**
 * Writes to the project's working copy: gathered, kept in order, and sent again until the server has them. Each write
 * names its base, the state of the file that this tab last got from the server (`known`), so that it never overwrites
 * somebody else's work.
 */
export class WorkingCopy {
  readonly known = new Map<string, Known>();
  /**
   * Paths whose base changed while a write of theirs was on its way: it may have arrived before the version that
   * replaced it.
   */
  private readonly overtaken = new Set<string>();
  private readonly steps: Step[] = [];
  private inFlight: Step | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retry = FIRST_RETRY_MS;
  private idle: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly api: ProjectApi,
    private readonly client: string,
    private readonly journal: Journal,
    private readonly report: WorkingCopyReport,
  ) {
    addEventListener("pagehide", this.leave);
  }

  close(): void {
    this.closed = true;
    this.leave();
    removeEventListener("pagehide", this.leave);
  }

  put(path: string, file: string | Uint8Array): void {
    const step = this.lastWrite();
    step.delete.delete(path);
    step.put.set(path, file);
    const kept = typeof file === "string" && this.journal.note(path, file, this.known.get(path) ?? NOTHING);
    this.schedule(kept ? GATHER_MS : 0);
  }

  delete(path: string): void {
    const step = this.lastWrite();
    step.put.delete(path);
    step.moved.delete(path);
    step.delete.add(path);
    this.journal.note(path, null, this.known.get(path) ?? NOTHING);
    this.schedule(GATHER_MS);
  }

  /** A text moves to another path: what somebody else adds to it meanwhile moves along. */
  move(from: string, to: string, text: string): void {
    const step = this.lastWrite();
    const origin = step.moved.get(from) ?? from;
    this.put(to, text);
    this.delete(from);
    step.moved.set(to, origin);
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

  /**
   * The text of this tab at `path` is based on `known`, whatever the server has accepted since: it is sent again with
   * that base.
   */
  makeOn(path: string, known: Known): void {
    this.known.set(path, known);
    if (this.inFlight && touches(this.inFlight, path)) this.overtaken.add(path);
  }

  private lastWrite(): Write {
    const last = this.steps.at(-1);
    if (last?.kind === "write" && !last.sent) return last;
    const step: Write = { kind: "write", put: new Map(), delete: new Set(), moved: new Map(), sent: false };
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
    if (this.inFlight) return;
    const step = this.steps.shift();
    if (!step) return;
    this.inFlight = step;
    let soon = false;
    try {
      const patch = this.patchOf(step);
      this.markSent(step);
      for (const path of paths(step)) this.overtaken.delete(path);
      const small = JSON.stringify(patch).length < KEEPALIVE_BYTES;
      const { revision, digests } = await this.api.patch(patch, small);
      this.retry = FIRST_RETRY_MS;
      this.report.waiting(false);
      this.settle(step, digests);
      this.inFlight = null;
      this.again(step);
      this.report.accepted(revision);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const met = await this.meet(step, error);
      this.inFlight = null;
      if (met instanceof ApiError && mayPass(met)) {
        this.steps.unshift(step);
        this.report.waiting(true);
        this.schedule(this.retry);
        this.retry = Math.min(this.retry * 2, LONGEST_RETRY_MS);
        return;
      }
      if (met instanceof ApiError) {
        // What the person may not write at the moment stays in the journal: they may again later.
        if (!isForbidden(met)) this.giveUp(step);
        this.report.refused(met, paths(step));
      } else {
        soon = true;
        this.report.met(met);
      }
    }
    if (this.steps.length) this.schedule(soon || this.idle.length ? 0 : GATHER_MS);
    else for (const done of this.idle.splice(0)) done();
  }

  /**
   * Reads the files that others wrote and removes them from every waiting step; returns the error when that is not
   * possible.
   */
  private async meet(step: Step, error: ApiError): Promise<Meeting[] | ApiError> {
    const digests = error.code === "changed_meanwhile" ? (error.details["digests"] as Record<string, string | null>) : {};
    const changed = Object.keys(digests);
    if (changed.length === 0 || step.kind === "rename") return error;
    let found: Known[];
    try {
      found = await Promise.all(changed.map((path) => this.api.file(path)));
    } catch (unread) {
      if (!(unread instanceof ApiError)) throw unread;
      return unread;
    }
    const meetings = changed.map((path, index): Meeting => {
      const movedTo = [...step.moved].find(([, from]) => from === path)?.[0];
      const meeting = { path, base: this.known.get(path), sent: step.put.get(path), mine: this.latest(path), theirs: found[index] ?? NOTHING, movedTo };
      this.known.set(path, meeting.theirs);
      return meeting;
    });
    for (const one of [step, ...this.steps]) if (one.kind === "write") for (const path of changed) forget(one, path);
    step.sent = false;
    if (paths(step).length) this.steps.unshift(step);
    for (let at = this.steps.length - 1; at > 0; at--) if (paths(this.steps[at] as Step).length === 0) this.steps.splice(at, 1);
    return meetings;
  }

  /** The content that `path` will have once everything was sent. */
  latest(path: string): File {
    for (const step of [...this.steps].reverse().concat(this.inFlight ?? [])) {
      if (step.kind !== "write") continue;
      const file = step.put.get(path);
      if (file !== undefined) return file;
      if (step.delete.has(path)) return null;
    }
    return this.known.get(path)?.file ?? null;
  }

  private markSent(step: Step): void {
    if (step.kind === "rename") return;
    step.sent = true;
    for (const [path, file] of step.put) if (typeof file === "string") this.journal.sending(path, file);
    for (const path of step.delete) this.journal.sending(path, null);
  }

  private settle(step: Step, digests: Record<string, string | null>): void {
    if (step.kind === "rename") {
      const file = this.known.get(step.from)?.file;
      this.known.set(step.to, { file, digest: digests[step.to] ?? null });
      this.known.set(step.from, NOTHING);
      return;
    }
    for (const [path, file] of step.put) {
      if (this.overtaken.has(path)) continue;
      const known = { file, digest: digests[path] ?? null };
      this.known.set(path, known);
      if (typeof file === "string") this.journal.settle(path, file, known);
    }
    for (const path of step.delete) {
      if (this.overtaken.has(path)) continue;
      this.known.set(path, NOTHING);
      this.journal.settle(path, null, NOTHING);
    }
  }

  /** Sends the overtaken files once more, unless a newer write waits. */
  private again(step: Step): void {
    if (step.kind === "rename") return;
    for (const path of paths(step)) {
      if (!this.overtaken.delete(path) || this.isPending(path)) continue;
      const file = step.put.get(path);
      if (file === undefined) this.delete(path);
      else this.put(path, file);
    }
  }

  private giveUp(step: Step): void {
    if (step.kind === "rename") return;
    for (const path of paths(step)) this.journal.drop(path);
  }

  private patchOf(step: Step): WorkingPatch {
    const base = Object.fromEntries(paths(step).map((path) => [path, this.known.get(path)?.digest ?? null]));
    if (step.kind === "rename") return { rename: { [step.from]: step.to }, client: this.client, base };
    const put = Object.fromEntries([...step.put].map(([path, file]) => [path, toWire(file)]));
    return { put, delete: [...step.delete], client: this.client, base };
  }

  /** The page is closing: waiting writes go out in requests that outlive it; the journal covers the rest. */
  private readonly leave = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.inFlight) this.sendTheRest();
    this.journal.write();
  };

  private sendTheRest(): void {
    let room = KEEPALIVE_BYTES;
    const gone = new Set<string>();
    while (this.steps[0]) {
      const step = this.steps[0];
      // The base of a second write of a file is known only after the first was answered.
      if (paths(step).some((path) => gone.has(path))) return;
      const patch = this.patchOf(step);
      room -= JSON.stringify(patch).length;
      if (room < 0) return;
      this.steps.shift();
      this.markSent(step);
      for (const path of paths(step)) gone.add(path);
      void this.api.patch(patch, true).then(
        ({ digests }) => this.settle(step, digests),
        (error: unknown) => {
          console.warn("kept for the next visit", error);
          if (this.closed) return;
          this.steps.unshift(step);
          this.schedule(FIRST_RETRY_MS);
        },
      );
    }
  }
}

/**
 * No answer, server busy, or signed out (the page is about to go to the sign-in page): the write is kept and sent
 * again.
 */
/** The person may not change the project, or not any more. */
export const isForbidden = ({ status, code }: ApiError): boolean => status === 403 || status === 404 || code === "archived";

const mayPass = ({ status }: ApiError): boolean => status === 0 || status >= 500 || status === 429 || status === 401;

function forget(step: Write, path: string): void {
  step.put.delete(path);
  step.delete.delete(path);
  step.moved.delete(path);
}

function paths(step: Step): string[] {
  return step.kind === "rename" ? [step.from, step.to] : [...step.put.keys(), ...step.delete];
}

function touches(step: Step, path: string): boolean {
  return step.kind === "rename" ? step.from === path || step.to === path : step.put.has(path) || step.delete.has(path);
}
