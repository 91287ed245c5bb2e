import { type EngineEvent, type Fault, LEAVING, type Looks, type Phase, type Phrase, type PreviewEngine, reasonOf, ServerEngine, type ServerLine, verbatim } from "$/runtime/index.ts";
import { type FileMap } from "../store/files";
import { toFault } from "$/components/servers/server";
import type { ServerView } from "../../client/types";
import { BrowserPython, servesFrom } from "./browser_python";
import { chosenEngine, createEngine, type EngineKind, serverKind } from "./engines";
import type { Log } from "./log";
import type { FilesChange } from "../store/files";
import { PointingSession } from "./pointing/pointing";
import type { ProjectStore } from "../store/store";
import { earlyOf, headStart, note, onSeen } from "./frame/early_frame";
import { isSlow, PhaseLimit, slowCode } from "./phase_limit";
import { ServerWatch } from "./server_watch";
import { activeGeneration, mayEdit } from "../store/state";
import { after, arrived, before, FIRST, type Visited } from "./frame/visited";
import { said } from "../../client/engine_texts";
import { persistently, signIn } from "../../client/http";
import { Socket } from "../../client/socket";
import { t } from "../../client/workbench_texts";

/** The fault's code for an app that this browser could run by itself, once the person agrees. */
export const WEBCONTAINER_FITS = "webcontainer_fits";
/** How long a server waits until the person pauses typing. */
const SETTLE_MS = 400;
/** Access to a preview lasts for hours, and longer while the app is used. */
const ENTER_AGAIN_MS = 3_600_000;

export interface PreviewState {
  kind: EngineKind;
  /** Changes with every start, so that each engine gets a frame of its own. */
  run: number;
  phase: Phase | "idle";
  /** When the present phase began, in ms since the page was opened. */
  since: number;
  /** The frame shows what was published before; whether that is the present app is not known yet. */
  seen: boolean;
  /** Start → first paint, ms; null before it. */
  painted: number | null;
  fault: Fault | null;
  hanging: boolean;
  path: string;
  visited: Visited;
  url: string;
  /** Why another engine than the chosen one is running. */
  notice: string;
  /** The run whose frame is shown until this one has painted: an engine that takes over leaves no moment blank. */
  before: Pick<PreviewState, "run" | "kind"> | null;
}

/** One project's running app: gives the store's files to the engine and keeps what the engine reports. */
export class PreviewSession {
  private state: PreviewState;
  private engine: PreviewEngine | null = null;
  private unhear = (): void => {};
  /** The engine of `state.before`, which follows the files until the next one has painted. */
  private leaving: PreviewEngine | null = null;
  /** The page of the app that the person asked for before there was an engine: an app may be seen before it. */
  private wanted = "";
  private frame: HTMLIFrameElement | null = null;
  private unseen: (() => void) | undefined;
  private started = false;
  /** The engine of the server behind a front end that the instant engine shows. */
  private behind: ServerEngine | null = null;
  /** The app's Python in this browser. */
  private python: BrowserPython | null = null;
  /** What the person points at in the app. */
  readonly pointing: PointingSession;
  /** The state of the project's server, whichever engine shows its front end. */
  readonly server: ServerWatch;
  /**
   * The last fault of the server. A page that paints does not clear it: the page that reports the fault paints as well.
   */
  private ofServer: Fault | null = null;
  /** The beginning of the phase in which that fault came. */
  private ofServerSince = 0;
  /** The request under way that asks whether the files need a server. */
  private pageless: Fault | null = null;
  private enterAgain = 0;
  private readonly limit = new PhaseLimit((phase, seconds) => this.late(phase, seconds));
  private last: Promise<void> = Promise.resolve();
  private settling: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: (() => void)[] = [];

  constructor(private readonly store: ProjectStore, private readonly log: Log) {
    this.state = fresh("instant", 0);
    this.pointing = new PointingSession(store);
    this.server = new ServerWatch(store.api.id, (now, before) => this.noticed(now, before));
    this.unsubscribe.push(store.onFiles((change) => this.feed(change)));
    for (const [event, heard] of [["beforeunload", this.aboutToLeave], ["pagehide", this.hidden]] as const) {
      addEventListener(event, heard);
      this.unsubscribe.push(() => removeEventListener(event, heard));
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): PreviewState => this.state;

  close(): void {
    for (const end of this.unsubscribe) end();
    this.detach();
    this.handOver();
  }

  /** The frame in which the app is shown, from now until what is returned is called. With files its run begins. */
  readonly attach = (frame: HTMLIFrameElement): (() => void) => {
    if (this.state.before && this.engine && !this.leaving) {
      this.unhear();
      [this.leaving, this.engine] = [this.engine, null];
    }
    this.detach();
    this.frame = frame;
    if (earlyOf(frame)) this.unseen = onSeen(frame, () => this.set({ ...this.state, seen: true }));
    const { files } = this.store.getState();
    if (Object.keys(files).length) this.begin(files);
    return () => {
      if (this.frame === frame) this.detach();
    };
  };

  /** What was shown until this engine painted is no longer needed. */
  private handOver(): void {
    void this.leaving?.stop();
    this.leaving = null;
    if (this.state.before) this.set({ ...this.state, before: null });
  }

  /** A reload shows at once what is seen now, where that is a sound app and all of it. */
  private get soundFrame(): HTMLIFrameElement | null {
    const { kind, painted, fault, hanging } = this.state;
    return kind === "instant" && painted !== null && fault === null && !hanging && !this.behind && !this.isWriting ? this.frame : null;
  }

  private readonly aboutToLeave = (): void => {
    const url = this.store.getState().project?.preview_url;
    if (url) this.soundFrame?.contentWindow?.postMessage(LEAVING, new URL(url).origin);
  };

  private readonly hidden = (): void => note(this.store.api.id, this.soundFrame, this.store.getState().project?.preview_url ?? "");

  /** Whether the app's Python runs in this browser, and keeps its data here. */
  get storesHere(): boolean {
    return this.python !== null;
  }

  /** What an app whose Python runs in this browser keeps in SQLite; null where it runs elsewhere. */
  get stored(): Looks | null {
    return this.python?.stored ?? null;
  }

  /** The app starts anew without anything that it stored in this browser. */
  async removeStored(): Promise<void> {
    await this.python?.forget();
    this.reload();
  }

  private detach(): void {
    clearTimeout(this.settling);
    this.unseen?.();
    this.limit.end();
    void this.behind?.stop();
    this.behind = null;
    this.python?.close();
    this.python = null;
    this.server.stop();
    this.pointing.follow(undefined);
    this.unhear();
    void this.engine?.stop();
    this.engine = null;
    this.frame = null;
    this.pageless = null;
    this.started = false;
  }

  /** Run with another engine, or restart the same one. */
  restart(kind: EngineKind = this.state.kind, notice = ""): void {
    const { painted, seen, hanging, fault, run, before } = this.state;
    const stays = this.state.kind === "instant" && kind === "webcontainer" && (painted !== null || seen) && !hanging && fault === null;
    this.set({ ...fresh(kind, run + 1), notice, before: stays ? { run, kind: this.state.kind } : before });
  }

  navigate(path: string): void {
    const to = path.startsWith("/") ? path : `/${path}`;
    if (this.engine) this.engine.navigate(to);
    else this.wanted = to;
  }

  /** To the page shown before, or after, the present one; nothing where there is none. */
  step(way: "back" | "forward"): void {
    const path = (way === "back" ? before : after)(this.state.visited);
    if (path !== null) this.engine?.navigate(path);
  }

  reload(): void {
    if (this.state.hanging || !this.engine) this.restart();
    else this.run(this.engine.reload());
  }

  private feed(change: FilesChange): void {
    if (!this.frame) return;
    if (!this.started) {
      const { files } = this.store.getState();
      if (Object.keys(files).length) this.begin(files);
      return;
    }
    // Before the engine exists, no change is kept for it: it starts from the files of that moment.
    if (this.engine) this.run(this.engine.update({ put: change.put, delete: change.delete }, { complete: change.complete }));
    void this.leaving?.update({ put: change.put, delete: change.delete }, { complete: change.complete });
    if (change.complete && this.behind?.kind === "pyodide" && servesFrom(change.put, change.delete)) this.run(this.behind.update({ put: {}, delete: [] }));
    if (change.complete) this.settle();
  }

  /** After a change of the files another engine may suit: the session asks when the person pauses typing. */
  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.store.askForEngines().then(() => this.suit(), this.broken), SETTLE_MS);
  }

  private suit(): void {
    const { project, engines } = this.store.getState();
    if (!this.frame || !project || !engines) return;
    const kind = chosenEngine(project.id, engines);
    if (kind !== this.state.kind && (ofServer(kind) || ofServer(this.state.kind))) {
      this.restart(kind);
      return;
    }
    const server = serverKind(project.id, engines);
    if (kind !== "instant" || server === null) return;
    if (this.behind) {
      // Python in the browser has been told of the change already.
      if (this.behind.kind === "docker") this.run(this.behind.update({ put: {}, delete: [] }));
      return;
    }
    this.behind = new ServerEngine({ previewUrl: project.preview_url, ...this.callsOf(server) });
    this.behind.on((event) => this.hearBehind(event));
    this.run(this.behind.start({}));
    if (server === "docker") this.server.start();
  }

  private callsOf(kind: EngineKind) {
    if (kind === "pyodide") {
      this.python ??= new BrowserPython(this.store, this.store.getState().project!.preview_url, () => this.enter());
      return this.python.calls;
    }
    return {
      followLogs: (take: (line: ServerLine) => void) => {
        const path = this.store.api.serverLogsPath();
        const socket = new Socket({
          path: () => path, take: (line) => take(JSON.parse(String(line)) as ServerLine), there: this.store.api.mayReadLogs,
        });
        return () => socket.close();
      },
      bringUp: async () => {
        await this.store.flush();
        await this.enter();
        return await this.store.api.bringUp();
      },
      state: () => this.store.api.serverState(),
    };
  }

  /** For an engine whose packages do not come from our server. */
  private readonly refuses = async (): Promise<Phrase | null> => {
    await this.store.flush();
    const { held } = await this.store.api.packages();
    return held.length === 0 ? null : { key: "engine.package_held", values: { held: held.map(({ says }) => says).join("; ") } };
  };

  /** With a sign-in, an app's server answers only browsers with access: a cookie on the preview's own host. */
  private async enter(): Promise<void> {
    if (performance.now() < this.enterAgain) return;
    const { url } = await this.store.api.previewTicket();
    // Another host than the API's, whose answer no page here may read.
    if (url !== null) await persistently(() => fetch(url, { mode: "no-cors", credentials: "include", cache: "no-store" }));
    this.enterAgain = performance.now() + ENTER_AGAIN_MS;
  }

  /** The server's phases go to the log; only its faults are shown over the app. */
  private hearBehind(event: EngineEvent): void {
    if (event.type === "fault" || event.type === "cleared" || event.type === "log") this.hearServer(event);
    else if (event.type === "phase") this.log.add({ level: "debug", source: "engine", text: t(`workbench.phase.${event.phase}`), at: Date.now() });
  }

  /** Both the request and the watch report the end of the server: it is shown once. */
  private hearServer(event: EngineEvent): void {
    if (event.type === "fault") {
      if (this.state.fault !== null && this.state.fault === this.ofServer && isSame(event.fault, this.ofServer)) return;
      this.ofServer = event.fault;
      this.ofServerSince = this.state.since;
    }
    this.hear(event);
  }

  /** Changes of the server that this tab did not ask for: it ends with an error, or it is running again. */
  private noticed(now: ServerView, before: ServerView | null): void {
    // An app may end as soon as it starts, before this tab has seen it run. A state that is seen first may belong to an
    // earlier run.
    const news = before === null ? this.state.phase === "painted" : before.status !== "failed";
    const { fault, phase, since, kind } = this.state;
    if (now.status === "failed" && now.fault && news && fault === null) {
      this.hearServer({ type: "fault", fault: toFault(now.fault) });
    } else if (now.status === "running" && fault !== null && fault === this.ofServer) {
      this.hear({ type: "cleared" });
      if (kind === "docker" && (phase === "painted" || since === this.ofServerSince)) this.reload();
    }
  }

  private begin(files: FileMap): void {
    const { project, engines } = this.store.getState();
    if (!this.frame || !project || !engines) return;
    const kind = chosenEngine(project.id, engines);
    if (this.state.run === 0 && kind !== this.state.kind) {
      this.restart(kind);
      return;
    }
    const { frame } = this;
    this.started = true;
    // A new frame shows nothing yet, whatever the previous frame showed.
    const part = this.state.kind === "instant" && engines.kind === "instant" && !engines.complete;
    if (part) this.log.add({ level: "warn", source: "engine", text: engines.reason, at: Date.now() });
    const notice = this.state.notice || (part ? t("workbench.engine.part") : "");
    this.set({ ...fresh(this.state.kind, this.state.run), notice, before: this.state.before, seen: this.state.seen, phase: "boot" });
    this.limit.enter("boot", this.state.kind);
    void headStart(frame).then(() => createEngine(this.state.kind, {
      previewUrl: project.preview_url,
      frame,
      early: earlyOf(frame),
      runtimeUrl: engines.runtime_url,
      apiKey: engines.webcontainer_api_key,
      publishUrl: this.store.api.publishUrl(),
      mayPublish: () => mayEdit(this.store.getState()),
      signedOut: signIn,
      dependencies: (request) => this.store.api.dependencies(request),
      refuses: this.refuses,
      server: this.callsOf(this.state.kind),
    })).then((engine) => {
      if (this.frame !== frame && this.state.before && !this.leaving) return void (this.leaving = engine); // stopped, it would empty the frame
      if (this.frame !== frame) return void engine.stop();
      this.engine = engine;
      this.pointing.follow(engine.pointer);
      this.unhear = engine.on((event) => (ofServer(this.state.kind) ? this.hearServer(event) : this.hear(event)));
      // The files are read here, and not when the engine was requested: changes that came while it was loading count.
      const current = this.store.getState();
      const complete = activeGeneration(current) === null && current.project?.head !== null;
      if (this.state.kind === "docker") this.server.start();
      if (this.wanted) engine.navigate(this.wanted);
      this.wanted = "";
      this.run(engine.start(Object.keys(current.files).length ? current.files : files, { complete }));
      if (complete) this.suit();
    }, this.broken);
  }

  /** Resolves once the preview's address serves what the engine was given so far. */
  async published(): Promise<void> {
    await this.last;
  }

  private run(work: Promise<void>): void {
    this.last = work.catch(this.broken);
  }

  private readonly broken = (error: unknown): void => {
    if (this.state.kind === "webcontainer") this.fallBack(reasonOf(error));
    else this.hear({ type: "fault", fault: { kind: "platform", code: "engine_failed", says: reasonOf(error) } });
  };

  /** The chosen engine could not start: the instant engine runs instead, and the notice says why. */
  private fallBack(reason: Phrase): void {
    const notice = t("workbench.engine.fallback", { reason: said(reason).replace(/\.$/, "") });
    this.log.add({ level: "warn", source: "engine", text: notice, at: Date.now() });
    this.restart("instant", notice);
  }

  private hear(event: EngineEvent): void {
    const now = performance.now();
    switch (event.type) {
      case "phase": {
        // The server starts again: its old fault may be gone; if not, it will be reported again. (A front end beside it
        // starts by itself.)
        const anew = ofServer(this.state.kind) && event.phase !== "painted";
        const over = (anew && this.state.fault !== null && this.state.fault === this.ofServer) || isSlow(this.state.fault?.code ?? "");
        this.limit.enter(event.phase, this.state.kind);
        this.set({ ...this.state, phase: event.phase, since: now, fault: over ? null : this.state.fault });
        this.log.add({ level: "debug", source: "engine", text: t(`workbench.phase.${event.phase}`), at: Date.now() });
        return;
      }
      case "painted":
        // An update that changed nothing is reported as "painted" too, even before the page is up: that is not a first
        // paint.
        if (event.update && this.state.phase !== "painted") return;
        this.set({
          ...this.state, phase: "painted", since: now, hanging: false,
          // A runtime fault belonged to what was shown before, unless it came with this: an app may throw while it is
          // drawn. A build fault is cleared by the engine.
          fault: isSlow(this.state.fault?.code ?? "") || (this.state.fault?.kind === "runtime" && this.state.fault !== this.ofServer && !event.faulty) ? null : this.state.fault,
          painted: event.update && this.state.painted !== null ? this.state.painted : event.ms,
        });
        this.handOver();
        this.forget();
        return;
      case "files":
        if (mayEdit(this.store.getState()) && !this.isWriting) this.store.write(event.changes);
        return;
      case "fault":
        if (event.fault.kind === "platform" && this.state.kind === "webcontainer" && this.state.painted === null) {
          this.fallBack(event.fault.says);
          return;
        }
        this.pageless = null;
        if (event.fault.code === "no-page") {
          this.withoutPage(event.fault);
          return;
        }
        this.set({ ...this.state, fault: event.fault });
        // A runtime fault of a page also comes as a log event.
        if (event.fault.kind !== "runtime" || event.fault === this.ofServer) this.log.add({
          level: "error", source: "build", text: said(event.fault.says), at: Date.now(),
          file: event.fault.file, line: event.fault.line, passing: this.isWriting,
        });
        return;
      case "cleared":
        this.log.markSeen();
        this.pageless = null;
        this.set({ ...this.state, fault: null });
        this.forget();
        return;
      case "log":
        this.log.add({
          level: event.level, source: "app", text: said(event.text), at: event.at, file: event.file, line: event.line,
          mark: event.mark, passing: this.isWriting && event.level === "error",
        });
        return;
      case "navigated":
        this.set({ ...this.state, path: event.path, visited: arrived(this.state.visited, event.path, event.replaced ?? false) });
        return;
      case "url":
        this.set({ ...this.state, url: event.url });
        return;
      case "hang":
        this.set({ ...this.state, hanging: true });
        this.log.add({ level: "error", source: "engine", text: t("workbench.preview.hang"), at: Date.now() });
        return;
    }
  }

  /** A phase lasts too long: it is named, with one way on; when it ends after all, that is taken back. */
  private late(phase: Phase, seconds: number): void {
    if (this.state.phase !== phase || this.state.fault !== null || this.state.hanging) return;
    if (this.isWriting) return this.limit.enter(phase, this.state.kind);
    const values = { seconds, address: this.store.getState().project?.preview_url ?? "" };
    this.hear({ type: "fault", fault: { kind: "platform", code: slowCode(phase), says: { key: `engine.slow.${phase}`, values } } });
  }

  private get isWriting(): boolean {
    return activeGeneration(this.store.getState()) !== null;
  }

  /** The whole app works: what the half of it lacked is no error to look at. */
  private forget(): void {
    if (this.state.fault === null && !this.isWriting) this.log.dropPassing();
  }

  /** The instant engine found no page. If the files need a server, they are not wrong: the server cannot run here. */
  private withoutPage(found: Fault): void {
    this.pageless = found;
    void this.store.askForEngines().then((engines) => {
      if (this.pageless !== found) return;
      this.suit();
      if (this.state.kind !== "instant") return;
      const unfit = engines.missing || (engines.kind === "instant" && !engines.complete);
      const code = unfit ? "no_engine" : engines.kind === "webcontainer" ? WEBCONTAINER_FITS : "";
      const fault: Fault = code ? { kind: "platform", code, says: verbatim(engines.reason) } : found;
      this.set({ ...this.state, fault });
      this.log.add({ level: "error", source: code ? "engine" : "build", text: said(fault.says), at: Date.now() });
    }, this.broken);
  }

  private set(next: PreviewState): void {
    this.state = next;
    for (const listener of [...this.listeners]) listener();
  }
}

/** Whether a server answers every path. */
const ofServer = (kind: EngineKind): boolean => kind === "docker" || kind === "pyodide";

function isSame(one: Fault, other: Fault): boolean {
  return one.code === other.code && said(one.says) === said(other.says) && one.file === other.file && one.line === other.line;
}

function fresh(kind: EngineKind, run: number): PreviewState {
  return {
    kind, run, phase: "idle", since: performance.now(), seen: false, painted: null, fault: null, hanging: false,
    path: "/", visited: FIRST, url: "", notice: "", before: null,
  };
}
