import type { Fault } from "$/runtime/index.ts";
import type { Log } from "./log";
import type { PreviewSession } from "./preview_session";
import type { WalksOfVersion, WalkWatch } from "./walk_watch";
import type { ProjectStore } from "../store/store";
import { awaitedCheck } from "../store/turns";
import { said } from "../../client/engine_texts";
import { t } from "../../client/workbench_texts";
import type { CheckReport } from "../../client/types";

/** So long after a paint an app may still throw. */
const QUIET_MS = 1_500;
/** What is not seen by then is reported as it is. */
const LONGEST_MS = 110_000;
/** As the server takes them. */
const MOST_CHARACTERS = 4_000;
const MOST_FAULTS = 20;
const MOST_WALKS = 100;
const MOST_LINES = 40;
const MOST_LINE_CHARACTERS = 400;

/**
 * Tells the server how a version looks, when a turn waits for that: whether it painted, what is wrong with it, and how its
 * walks went. Every tab that is open does; the first one counts.
 */
export class CheckWatch {
  private readonly unsubscribe: () => void;
  private step = "";
  private under = new AbortController();
  /** What the log had before is of earlier versions. */
  private since = Date.now();

  constructor(private readonly store: ProjectStore, private readonly preview: PreviewSession, private readonly walks: WalkWatch, private readonly log: Log) {
    this.unsubscribe = store.subscribe(() => this.look());
  }

  close(): void {
    this.unsubscribe();
    this.under.abort();
  }

  private look(): void {
    const check = awaitedCheck(this.store.getState());
    if ((check?.id ?? "") === this.step) return;
    this.under.abort();
    this.step = check?.id ?? "";
    if (!check) return;
    const under = (this.under = new AbortController());
    // Nobody is told: the server waits no longer than it has to, and then says that nobody looked.
    this.report(check.version, under.signal).catch((error: unknown) => console.warn("the check could not be reported", error));
  }

  private async report(version: string, signal: AbortSignal): Promise<void> {
    await this.store.arriving;
    await this.preview.published();
    await this.settled(version, signal);
    const { phase, fault } = this.preview.getState();
    // A page that is not seen may paint nothing; and text typed since belongs to no version.
    const unseen = document.hidden && phase !== "painted" && !fault;
    if (signal.aborted || unseen || this.store.getState().dirty.size > 0) return;
    const report = await this.seen(version);
    this.since = Date.now();
    if (!signal.aborted) await this.store.api.check(report);
  }

  /** Once the app has painted or failed, has been quiet for a while, and its walks are over. */
  private settled(version: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let changed = performance.now();
      const done = (): void => {
        clearTimeout(timer);
        clearTimeout(longest);
        for (const end of ends) end();
        resolve();
      };
      const look = (): void => {
        clearTimeout(timer);
        if (this.isOver(version)) timer = setTimeout(done, Math.max(0, changed + QUIET_MS - performance.now()));
      };
      const ends = [
        this.preview.subscribe(() => {
          changed = performance.now();
          look();
        }),
        this.walks.subscribe(look),
        () => document.removeEventListener("visibilitychange", look),
      ];
      document.addEventListener("visibilitychange", look);
      const longest = setTimeout(done, LONGEST_MS);
      signal.addEventListener("abort", done, { once: true });
      look();
    });
  }

  private isOver(version: string): boolean {
    const { phase, fault, hanging } = this.preview.getState();
    if (hanging || fault?.kind === "build") return true;
    return (phase === "painted" || fault !== null) && (!this.walks.willKnow() || this.walks.known(version)?.over === true);
  }

  private async seen(version: string): Promise<CheckReport> {
    const { phase, fault, hanging } = this.preview.getState();
    const known = this.walks.known(version);
    const faults = fault ? [seenFault(fault)] : [];
    if (hanging) faults.push({ kind: "runtime", code: "hang", message: t("workbench.preview.hang") });
    return {
      version, phase, log: this.complaints(), faults: faults.slice(0, MOST_FAULTS), painted: phase === "painted" && !hanging,
      ...(known?.over ? await walked(known) : { walked: null, failed_walks: [] }),
    };
  }

  /** What the app and its server complained of since the last look: errors, warnings, requests that failed. */
  private complaints(): string[] {
    return this.log.getLines()
      .filter(({ level, source, at, mark }) => source === "app" && !mark && at >= this.since && (level === "error" || level === "warn"))
      .slice(-MOST_LINES).map(({ text }) => text.slice(0, MOST_LINE_CHARACTERS));
  }
}

export function seenFault({ kind, code, says, file, line, column, frame }: Fault): NonNullable<CheckReport["faults"]>[number] {
  return {
    kind, code, message: said(says).slice(0, MOST_CHARACTERS), path: file ?? "", line: line ?? 0, column: column ?? 0,
    detail: (frame ?? "").slice(0, MOST_CHARACTERS),
  };
}

async function walked({ walks, results, invalid, why }: WalksOfVersion): Promise<Pick<CheckReport, "walked" | "failed_walks" | "not_walked" | "different">> {
  const { whyOf } = await import("./walk_words");
  const mine = results.filter(({ walk }) => walk in walks);
  const failed = mine.filter(({ ok }) => !ok).map((result) => ({
    path: result.walk, title: walks[result.walk]?.title ?? "", step: result.step,
    what: whyOf(result, walks[result.walk]).slice(0, MOST_CHARACTERS),
  }));
  const unreadable = invalid.map(({ path, message }) => ({ path, title: "", step: 0, what: message.slice(0, MOST_CHARACTERS) }));
  const different = results.filter(({ difference }) => difference).length;
  return { different, walked: why ? null : mine.length - failed.length, not_walked: why.slice(0, MOST_CHARACTERS), failed_walks: [...failed, ...unreadable].slice(0, MOST_WALKS) };
}
