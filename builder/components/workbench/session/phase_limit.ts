import type { Phase } from "$/runtime/index.ts";
import type { EngineKind } from "./engines";

const SECOND = 1_000;
/**
 * How long a phase may last before it counts as stuck, ms. Where none is named something else watches: the instant engine
 * its page, the server its own start.
 */
const LIMITS: Readonly<Record<EngineKind, Partial<Record<Phase, number>>>> = {
  instant: { queued: 20 * SECOND, boot: 20 * SECOND, dependencies: 120 * SECOND, build: 40 * SECOND },
  webcontainer: { queued: 20 * SECOND, boot: 60 * SECOND, dependencies: 180 * SECOND, start: 90 * SECOND, listening: 45 * SECOND },
  pyodide: {},
  docker: { listening: 45 * SECOND },
};

/** Watches that no phase lasts for ever; `late` is told which did, and after how many seconds. */
export class PhaseLimit {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly late: (phase: Phase, seconds: number) => void) {}

  enter(phase: Phase | "idle", kind: EngineKind): void {
    clearTimeout(this.timer);
    const limit = phase === "idle" ? undefined : LIMITS[kind][phase];
    if (phase !== "idle" && limit !== undefined) this.timer = setTimeout(() => this.late(phase, limit / SECOND), limit);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

const SLOW = "slow_";

/** The fault's code for a phase that lasts too long. */
export const slowCode = (phase: Phase): string => SLOW + phase;
export const isSlow = (code: string): boolean => code.startsWith(SLOW);
