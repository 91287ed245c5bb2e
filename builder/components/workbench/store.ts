import { ApiError, ProjectApi } from "./api";
import { EventStream, type Frame } from "./event_stream";
import { type Changes, difference, type FileMap, fromWire, isEmpty, sameFile, withChanges } from "./files";
import { Journal, type JournalEntry } from "./journal";
import { LiveText } from "./live_text";
import { activeGeneration, applyEdit, EMPTY, reduce, type State } from "./state";
import { t } from "./texts";
import type { Engines, HeadChange, ProjectEvent, Snapshot, TextFrame, Version, WorkingFiles } from "./types";
import { WorkingCopy } from "./working_copy";

/** A change of the shown tree. `complete`: no more files are coming for now, what is missing is missing. */
export interface FilesChange extends Changes {
  complete: boolean;
  origin: "load" | "typed" | "remote" | "generation";
}

type Unsubscribe = () => void;

function listeners<T>(): { add(listener: (value: T) => void): Unsubscribe; tell(value: T): void } {
  const all = new Set<(value: T) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(value) {
      for (const listener of [...all]) listener(value);
    },
  };
}

/** Entries this much older than the project's last change are offered instead of being written over it. */
const STALE_JOURNAL_MS = 10_000;

/** The project as this tab sees it: a snapshot, then its events; and the way by which the person changes its files. */
export class ProjectStore {
  readonly api: ProjectApi;
  readonly client = crypto.getRandomValues(new Uint32Array(2)).join("-");
  live: LiveText | null = null;

  private state: State = EMPTY;
  private stream: EventStream | null = null;
  private readonly journal: Journal;
  private readonly working: WorkingCopy;
  private readonly touched = new Map<string, number>();
  private touches = 0;
  private closed = false;
  private readonly stateListeners = listeners<State>();
  private readonly fileListeners = listeners<FilesChange>();
  private readonly textListeners = listeners<{ path: string; text: string }>();
  private readonly problemListeners = listeners<string>();
  private readonly foundListeners = listeners<ReadonlyMap<string, JournalEntry>>();

  constructor(project: string) {
    this.api = new ProjectApi(project);
    this.journal = new Journal(project, this.client);
    this.working = new WorkingCopy(this.api, this.client, this.journal, {
      accepted: (revision) => this.set({ ...this.state, revision: Math.max(revision, this.state.revision) }),
      refused: (error, paths) => {
        this.problemListeners.tell(error.message);
        void this.refresh(paths);
      },
      waiting: (isWaiting) => {
        if (isWaiting && this.state.connection === "open") this.set({ ...this.state, connection: "lost" });
        if (!isWaiting && this.state.connection === "lost") this.set({ ...this.state, connection: "open" });
      },
    });
  }

  readonly subscribe = (listener: () => void): Unsubscribe => this.stateListeners.add(listener);
  readonly getState = (): State => this.state;
  readonly onFiles = this.fileListeners.add;
  readonly onText = this.textListeners.add;
  /** Sentences for the person: something could not be done. */
  readonly onProblem = this.problemListeners.add;
  /** Text of an earlier visit that never reached the server and may be older than what is there. */
  readonly onFound = this.foundListeners.add;

  async open(): Promise<void> {
    try {
      const snapshot = await this.api.snapshot();
      const [files, versions] = await Promise.all([this.api.files(), this.api.versions()]);
      await this.show(snapshot, files, versions.versions);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.set({ ...this.state, load: error.status === 404 ? "missing" : "failed", problem: error.message });
    }
  }

  close(): void {
    this.closed = true;
    this.stream?.close();
    this.working.close();
    this.journal.close();
  }

  private async show(snapshot: Snapshot, working: WorkingFiles, versions: Version[]): Promise<void> {
    const generations = Object.fromEntries(snapshot.generations.map((generation) => [generation.id, generation]));
    const files = Object.fromEntries(Object.entries(working.files).map(([path, file]) => [path, fromWire(file)]));
    let next: State = {
      ...this.state, load: "ready", problem: "", project: snapshot.project, engines: snapshot.engines,
      messages: snapshot.messages, generations, versions, shares: snapshot.shares, files,
      revision: working.revision, dirty: new Set(snapshot.working.dirty), cursor: snapshot.event,
    };
    // A generation that left no version has text that is nowhere else: what runs, or what was cut off.
    const latest = snapshot.generations.at(-1);
    if (latest && latest.version === null && latest.status !== "done") next = await this.withArrived(next, latest.id);
    if (this.closed) return;
    this.set(next);
    const complete = activeGeneration(next) === null && snapshot.project.head !== null;
    this.fileListeners.tell({ put: next.files, delete: [], complete, origin: "load" });
    this.stream = new EventStream(
      () => this.api.streamUrl(this.state.cursor, this.live?.generation ?? "", this.live?.offset ?? 0),
      (frames) => this.receive(frames),
      (connection) => this.set({ ...this.state, connection }),
    );
    const [damaged] = snapshot.engines.damaged;
    if (damaged !== undefined) this.problemListeners.tell(t("workbench.damaged", { path: damaged }));
    await this.replayJournal(next);
  }

  private async withArrived(state: State, id: string): Promise<State> {
    const generation = await this.api.generation(id);
    const live = LiveText.resume(generation);
    const running = state.generations[id]?.status === "running" || state.generations[id]?.status === "queued";
    if (running) this.live = live;
    const shown = state.generations[id];
    const arrived = Object.entries(generation.text_files).map(([path, file]) => ({ path, closed: file.closed }));
    if (shown) {
      // The snapshot's row is written at the end: what the model said of itself so far is only here.
      const said = { title: generation.title || shown.title, summary: generation.summary || shown.summary };
      const files = arrived.length >= shown.files.length ? arrived : shown.files;
      state = { ...state, generations: { ...state.generations, [id]: { ...shown, ...said, files } } };
    }
    if (!running && Object.keys(state.files).length > 0) return state;
    const closed: FileMap = {};
    for (const [path, file] of Object.entries(generation.text_files)) if (file.closed) closed[path] = file.text;
    return {
      ...state,
      files: { ...state.files, ...closed },
      before: running ? state.files : null,
      writing: running ? live.writing : null,
    };
  }

  private async replayJournal(state: State): Promise<void> {
    const { entries, forget } = await this.journal.orphans();
    const changedAt = Date.parse(state.project?.updated_at ?? "") || 0;
    const doubtful = new Map<string, JournalEntry>();
    for (const [path, entry] of entries) {
      if (sameFile(this.state.files[path], entry.text ?? undefined)) continue;
      if (changedAt > entry.at + STALE_JOURNAL_MS) doubtful.set(path, entry);
      else this.write(asChanges(path, entry));
    }
    forget();
    if (doubtful.size) this.foundListeners.tell(doubtful);
  }

  private set(next: State): void {
    if (next === this.state) return;
    this.state = next;
    this.stateListeners.tell(next);
  }

  // What the person does

  /** New text of a file: shown at once, sent soon, kept meanwhile. */
  typed(path: string, text: string): void {
    if (this.state.files[path] !== text) this.write({ put: { [path]: text }, delete: [] });
  }

  write(changes: Changes): void {
    for (const path of changes.delete) this.working.delete(path);
    for (const [path, file] of Object.entries(changes.put)) this.working.put(path, file);
    this.change(changes, "typed");
  }

  rename(from: string, to: string): void {
    const file = this.state.files[from];
    if (file === undefined || to in this.state.files) return;
    if (typeof file === "string") this.write({ put: { [to]: file }, delete: [from] });
    else {
      this.working.rename(from, to);
      this.change({ put: { [to]: file }, delete: [from] }, "typed");
    }
  }

  async save(): Promise<Version | null> {
    await this.working.flush();
    const { version } = await this.api.save();
    return version;
  }

  /** The person deleted the project, or took that back. */
  gone(isGone: boolean): void {
    this.set({ ...this.state, load: isGone ? "deleted" : "ready" });
  }

  /** Everything typed is on the server: what the next call to it relies on. */
  flush = (): Promise<void> => this.working.flush();

  /** What suits the files as they are at the moment, once the server has them. */
  async askForEngines(): Promise<Engines> {
    await this.working.flush();
    const engines = await this.api.engines();
    this.set({ ...this.state, engines });
    return engines;
  }

  isPending(path: string): boolean {
    return this.working.isPending(path);
  }

  private change(changes: Changes, origin: "typed" | "remote" | "generation"): void {
    if (isEmpty(changes)) return;
    const typed = origin === "typed";
    const paths = [...Object.keys(changes.put), ...changes.delete];
    if (typed) for (const path of paths) this.touched.set(path, ++this.touches);
    const { files, before, dirty } = this.state;
    this.set({
      ...this.state,
      files: withChanges(files, changes),
      before: before && origin !== "generation" ? withChanges(before, changes) : before,
      dirty: typed ? new Set([...dirty, ...paths]) : dirty,
    });
    this.fileListeners.tell({ ...changes, complete: activeGeneration(this.state) === null, origin });
  }

  // What the server tells

  private receive(frames: Frame[]): void {
    for (const frame of frames) {
      if (frame.event === "text") this.receiveText(frame.data as TextFrame);
      else if (frame.id !== null && frame.id > this.state.cursor) {
        this.receiveEvent({ kind: frame.event, data: frame.data } as ProjectEvent);
        this.set({ ...this.state, cursor: frame.id });
      }
    }
  }

  private receiveText(frame: TextFrame): void {
    if (this.live?.generation !== frame.generation) return;
    try {
      const piece = this.live.append(frame);
      if (piece) this.textListeners.tell(piece);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      void this.reload();
    }
  }

  /** The position was lost: begin again from a snapshot, keeping what was typed. */
  private async reload(): Promise<void> {
    this.stream?.close();
    this.live = null;
    await this.working.flush();
    await this.open();
  }

  private receiveEvent(event: ProjectEvent): void {
    this.set(reduce(this.state, event));
    switch (event.kind) {
      case "generation_started":
        this.live = new LiveText(event.data.generation.id);
        return;
      case "file_opened":
        this.live?.begin(event.data.path, event.data.at);
        return;
      case "file_closed": {
        const text = this.live?.end(event.data.path);
        if (text !== undefined) this.change({ put: { [event.data.path]: text }, delete: [] }, "generation");
        return;
      }
      case "edit_closed": {
        const text = event.data.applied ? applyEdit(this.state.files, event.data) : undefined;
        if (text !== undefined) this.change({ put: { [event.data.path]: text }, delete: [] }, "generation");
        return;
      }
      case "file_deleted":
        this.change({ put: {}, delete: [event.data.path] }, "generation");
        return;
      case "generation_finished":
        this.live = null;
        if (event.data.generation.version === null) this.takeBack();
        return;
      case "version_committed":
        this.committed(event.data);
        return;
      case "head_moved":
        this.follow(event.data);
        return;
      case "working_changed":
        if (event.data.client === this.client) return;
        this.change({ put: {}, delete: event.data.deleted }, "remote");
        void this.refresh(event.data.put);
        return;
      default:
        return;
    }
  }

  /** A generation ended without a version: the project is what it was; with nothing before it, what arrived stays. */
  private takeBack(): void {
    const before = this.state.before;
    if (before === null) return;
    const nothingBefore = Object.keys(before).length === 0;
    const changes = nothingBefore ? { put: {}, delete: [] } : difference(this.state.files, before);
    this.set({ ...this.state, before: null });
    this.change(changes, "generation");
  }

  private committed(data: HeadChange & { version: Version }): void {
    this.set({ ...this.state, dirty: new Set(this.working.pending) });
    if (data.version.kind === "save") return;
    // All is here as it streamed by, so the preview is told first; the server's copy is compared after that.
    this.set({ ...this.state, before: null });
    this.fileListeners.tell({ put: {}, delete: [], complete: true, origin: "generation" });
    this.follow(data);
  }

  private follow(data: HeadChange): void {
    const gone = data.deleted.filter((path) => path in this.state.files && !this.working.isPending(path));
    if (gone.length) this.change({ put: {}, delete: gone }, "remote");
    void this.refresh(data.changed);
  }

  /** Read files anew, but never over what was typed since. Many at once come in one answer. */
  private async refresh(paths: string[]): Promise<void> {
    const asked = this.touches;
    try {
      const found = paths.length > 4 ? await this.readAll(paths) : await this.readEach(paths);
      const mine = (path: string): boolean => (this.touched.get(path) ?? 0) > asked || this.working.isPending(path);
      const put: FileMap = {};
      for (const [path, file] of found) {
        if (file !== null && !mine(path) && !sameFile(this.state.files[path], file)) put[path] = file;
      }
      const gone = found.filter(([path, file]) => file === null && path in this.state.files && !mine(path));
      this.change({ put, delete: gone.map(([path]) => path) }, "remote");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problemListeners.tell(error.message);
    }
  }

  private readEach(paths: string[]): Promise<[string, string | Uint8Array | null][]> {
    return Promise.all(paths.map(async (path) => [path, await this.api.file(path)] as [string, string | Uint8Array | null]));
  }

  private async readAll(paths: string[]): Promise<[string, string | Uint8Array | null][]> {
    const { files } = await this.api.files();
    return paths.map((path) => [path, files[path] === undefined ? null : fromWire(files[path])]);
  }
}

export function asChanges(path: string, { text }: JournalEntry): Changes {
  return text === null ? { put: {}, delete: [path] } : { put: { [path]: text }, delete: [] };
}
