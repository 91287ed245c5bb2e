import { ApiError } from "../../client/http";
import type { Answer } from "../../client/types";
import type { Walk } from "$/runtime/engine/walk.ts";
import type { WalkResult } from "$/runtime/walks/walks.ts";
import { type PreviewSession, WEBCONTAINER_FITS } from "./preview_session";
import { NotWalked, WalkServer, walksNeed } from "./walk_server";
import { activeGeneration } from "../store/state";
import type { ProjectStore } from "../store/store";
import { awaitedCheck } from "../store/turns";
import { t } from "../../client/workbench_texts";

const QUIET_MS = 2_000;

export type ProjectWalks = Answer<"project_walks">;

/** What the walks of one version came to. `over`: all of them were walked, be it before the strolls. `why`: why they were not, "" where they were. `served`: a server is needed, which takes a while. */
export interface WalksOfVersion extends Pick<ProjectWalks, "invalid"> {
  walks: Record<string, Walk>;
  version: string;
  results: readonly WalkResult[];
  over: boolean;
  why: string;
  served: boolean;
}

/** Faults by which the app cannot run here at all. */
const CANNOT_RUN = new Set(["no_engine", WEBCONTAINER_FITS]);

/**
 * Walks through each version once its app has painted, in a frame that nobody sees. A change ends it: what is walked
 * through is always one version and never half of the next.
 */
export class WalkWatch {
  private readonly found = new Map<string, WalksOfVersion>();
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: (() => void)[];
  private under: AbortController | null = null;
  private walking: string | null = null;
  private holds = 0;

  constructor(private readonly store: ProjectStore, private readonly preview: PreviewSession) {
    const look = () => this.look();
    // A page that is not seen has slow clocks, and walks in it would take too long.
    const seen = () => (document.hidden ? this.stop() : this.look());
    document.addEventListener("visibilitychange", seen);
    this.unsubscribe = [
      store.subscribe(look), preview.subscribe(look), store.onFiles(() => this.stop()),
      () => document.removeEventListener("visibilitychange", seen),
    ];
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** null while nothing is known of the version, or it has nothing in walks/. */
  of(version: string | null): WalksOfVersion | null {
    const known = version === null ? undefined : this.found.get(version);
    return known && Object.keys(known.walks).length + known.invalid.length > 0 ? known : null;
  }

  /** As `of`, and of a version without any walk as well. */
  known(version: string): WalksOfVersion | null {
    return this.found.get(version) ?? null;
  }

  /** Whether walks can be walked at this moment: in a page that is seen, where the app has painted, and not in a WebContainer. */
  canWalk(): boolean {
    const { kind, phase, fault } = this.preview.getState();
    return this.holds === 0 && !document.hidden && kind !== "webcontainer" && phase === "painted" && fault?.kind !== "build";
  }

  /** Whether it will be known how the walks go, be it that they cannot be walked here. */
  willKnow(): boolean {
    return this.canWalk() || CANNOT_RUN.has(this.preview.getState().fault?.code ?? "");
  }

  /** The server that walks through the present version need, once it answers; null where the page is enough. `needed` is called before one is waited for. Rejects with `NotWalked`. */
  async server(signal: AbortSignal, needed?: () => void): Promise<WalkServer | null> {
    const { project } = this.store.getState();
    const need = walksNeed(this.store.api.id, await this.store.askForEngines());
    if (typeof need === "object") throw new NotWalked(need.why);
    if (need === "server") needed?.();
    return need === "server" && project?.head ? WalkServer.open(this.store.api, project.head, signal) : null;
  }

  /** Walks through nothing until the function that it returns is called. */
  hold(): () => void {
    this.holds++;
    this.stop();
    return () => {
      this.holds--;
      this.look();
    };
  }

  close(): void {
    for (const end of this.unsubscribe) end();
    this.stop();
  }

  private stop(): void {
    this.under?.abort();
    this.under = null;
    this.walking = null;
  }

  private look(): void {
    const state = this.store.getState();
    const head = state.project?.head ?? null;
    const whole = head !== null && state.dirty.size === 0 && activeGeneration(state) === null;
    if (!whole) return this.stop();
    if (!this.willKnow() || this.walking === head || this.found.get(head)?.over) return;
    this.stop();
    this.walking = head;
    const under = (this.under = new AbortController());
    const told = (error: unknown): void => {
      if (!(error instanceof ApiError)) reportError(error); // a server that is away is asked again at the next change
    };
    void this.walk(head, under.signal).catch(told).finally(() => {
      if (this.under === under) this.stop();
    });
  }

  private async walk(version: string, signal: AbortSignal): Promise<void> {
    await this.preview.published();
    await this.quiet(signal);
    if (signal.aborted) return;
    const [{ walks: found, invalid, url }, { shown: before }] = await Promise.all([this.store.api.walks(), this.store.api.walkedBefore(version)]);
    const walks = found as Record<string, Walk>;
    if (signal.aborted) return;
    let results: readonly WalkResult[] = [];
    let served = false;
    const tell = (over: boolean, why = "") => this.set({ version, walks, invalid, results, over, why, served });
    tell(Object.keys(walks).length === 0);
    if (Object.keys(walks).length === 0) return;
    let server: WalkServer | null = null;
    try {
      server = await this.server(signal, () => {
        served = true;
        tell(false);
      });
      const { runWalks } = await import("$/runtime/walks/walks.ts");
      // The data and the time of a server are others each time: what is shown there is compared with nothing.
      const beside = server ? { lanes: 1, begins: server.begins } : { before, stroll: true };
      await runWalks(walks, {
        url, home: document.body, signal, ...beside,
        ended: (result) => {
          results = inOrder([...results, result], walks);
          tell(results.filter(({ walk }) => walk in walks).length >= Object.keys(walks).length);
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof NotWalked)) throw error;
      tell(true, error.message);
      return;
    } finally {
      server?.close();
    }
    if (signal.aborted || server) return;
    const shown = results.flatMap(({ walk, trace = before[walk] }) => (trace ? [[walk, trace] as const] : []));
    await this.store.api.keepWalked(version, Object.fromEntries(shown));
  }

  /**
   * Once nothing has changed for a while: a person who goes on at once is not slowed down. At once when `signal` says so,
   * or a turn waits for how they go.
   */
  private quiet(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const look = (): void => void (awaitedCheck(this.store.getState()) && done());
      const timer = setTimeout(done, QUIET_MS);
      const unsubscribe = this.store.subscribe(look);
      signal.addEventListener("abort", done, { once: true });
      look();
    });
  }

  private set(walks: WalksOfVersion): void {
    this.found.set(walks.version, walks);
    for (const listener of [...this.listeners]) listener();
  }
}

/** As the walks are in the project, whichever was over first; the strolls at the end. */
function inOrder(results: readonly WalkResult[], walks: Record<string, Walk>): WalkResult[] {
  const order = [...Object.keys(walks), ...results.map(({ walk }) => walk)];
  return results.toSorted((a, b) => order.indexOf(a.walk) - order.indexOf(b.walk));
}

// The stroll is no walk: it has no aim, and cannot fail.
const passed = ({ walks, results }: WalksOfVersion): number => results.filter(({ ok, walk }) => ok && walk in walks).length;
const all = ({ walks, invalid }: WalksOfVersion): number => Object.keys(walks).length + invalid.length;

export const allWalk = (walks: WalksOfVersion): boolean => passed(walks) === all(walks);

/** "12 of 12 walk", "12 of 12 walk · 2 look different", "Not walked". What is no walk does not walk. */
export function tally(walks: WalksOfVersion): string {
  if (walks.why) return t("workbench.walks.not_walked");
  const walked = t("workbench.walks.tally", { passed: passed(walks), count: all(walks) });
  const different = walks.results.filter(({ difference }) => difference).length;
  return different === 0 ? walked : t("workbench.walks.different", { tally: walked, count: different });
}
