import { ApiError } from "../../client/http";
import { Access } from "./access";
import { attachedData, ProjectApi } from "./api";
import { EventStream, type Frame } from "./event_stream";
import { asChanges, type Changes, difference, type File, type FileMap, type FilesChange, fromWire, isEmpty, type Known, NOTHING, only, sameFile, withChanges } from "./files";
import { Journal, type JournalEntry } from "./journal";
import { listeners, type Unsubscribe } from "./listeners";
import { LiveText } from "./live_text";
import { baseAfter, reconcile } from "./merge";
import { activeGeneration, applyEdit, EMPTY, type FileConflict, isRunning, reduce, type State, withArrived } from "./state";
import { Talk } from "./talk";
import { t } from "../../client/workbench_texts";
import type { Engines, HeadChange, ProjectEvent, Snapshot, TextFrame, Version, WorkingFiles } from "../../client/types";
import { isForbidden, type Meeting, WorkingCopy } from "./working_copy";

/**
 * The project as this tab sees it: a snapshot, then its events; and the methods with which the person changes its
 * files.
 */
export class ProjectStore {
  readonly api: ProjectApi;
  readonly client = crypto.getRandomValues(new Uint32Array(2)).join("-");
  readonly talk = new Talk();
  live: LiveText | null = null;
  /** What is open in the editor: a request may be about it. */
  openFile: string | null = null;
  /** What is done to the files before they become a version. */
  beforeSave: (() => Promise<void>) | null = null;

  private state: State = EMPTY;
  private stream: EventStream | null = null;
  private readonly journal: Journal;
  private readonly working: WorkingCopy;
  private readonly access: Access;
  private readonly touched = new Map<string, number>();
  private readonly answeredAt = new Map<string, number>();
  private touches = 0;
  /** Files that somebody else changed while typed text for them was on its way: read once the server has answered. */
  private readonly behind = new Set<string>();
  /** Resolves once the files of every version that was told of are here. */
  arriving: Promise<unknown> = Promise.resolve();
  /** What the server had when the running generation began, and how many changes had been typed here by then. */
  private ground: { known: ReadonlyMap<string, Known>; touches: number } | null = null;
  private closed = false;
  private readonly stateListeners = listeners<State>();
  private readonly fileListeners = listeners<FilesChange>();
  private readonly textListeners = listeners<{ path: string; text: string }>();
  private readonly problemListeners = listeners<string>();
  private readonly conflictListeners = listeners<string>();

  constructor(project: string) {
    this.api = new ProjectApi(project);
    this.access = new Access(this.api, this.getState, (next) => this.set(next), (path) => this.write(asChanges(path, this.own(path))));
    this.journal = new Journal(project, this.client);
    this.working = new WorkingCopy(this.api, this.client, this.journal, {
      accepted: (revision) => {
        this.set({ ...this.state, revision: Math.max(revision, this.state.revision) });
        this.catchUp();
      },
      met: (meetings) => {
        for (const meeting of meetings) this.meet(meeting);
        this.catchUp();
      },
      refused: (error, paths) => {
        if (isForbidden(error)) return this.access.keep(paths);
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
  /** Sentences for the person: an action failed. */
  readonly onProblem = this.problemListeners.add;
  /** Called with the path of a file that was changed in the same lines here and elsewhere. */
  readonly onConflict = this.conflictListeners.add;

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
    const turns = Object.fromEntries(snapshot.turns.map((turn) => [turn.id, turn]));
    const files = this.learn(working);
    let next: State = {
      ...this.state, load: "ready", problem: "", project: snapshot.project, role: snapshot.role, engines: snapshot.engines,
      messages: snapshot.messages, generations, turns, versions, shares: snapshot.shares, signsIn: snapshot.signs_in, files,
      revision: working.revision, dirty: new Set(snapshot.working.dirty), cursor: snapshot.event,
    };
    // A generation without a version has text that is stored nowhere else: it is running, or was cut off.
    const latest = snapshot.generations.at(-1);
    if (latest && latest.version === null && latest.status !== "done") next = await this.withArrived(next, latest.id);
    if (this.closed) return;
    this.set(next);
    const complete = activeGeneration(next) === null && snapshot.project.head !== null;
    this.fileListeners.tell({ put: next.files, delete: [], complete, origin: "load" });
    this.stream = new EventStream(
      () => this.api.streamPath(this.state.cursor, this.live?.generation ?? "", this.live?.offset ?? 0),
      (frames) => this.receive(frames),
      (connection) => this.set({ ...this.state, connection }),
      this.access.stillHere,
    );
    const [damaged] = snapshot.engines.damaged;
    if (damaged !== undefined) this.problemListeners.tell(t("workbench.damaged", { path: damaged }));
    void this.bring();
    await this.replayJournal();
  }

  /** The server's files, under the typed text that it does not have yet, which keeps the base it was typed on. */
  private learn(working: WorkingFiles): FileMap {
    const { known } = this.working;
    const files: FileMap = Object.fromEntries(Object.entries(working.files).map(([path, file]) => [path, fromWire(file)]));
    const waiting = new Set(this.working.pending);
    for (const path of known.keys()) if (!waiting.has(path) && !(path in working.digests)) known.delete(path);
    for (const [path, digest] of Object.entries(working.digests)) {
      if (!waiting.has(path)) known.set(path, { file: files[path], digest });
    }
    const typed = [...waiting].map((path) => asChanges(path, this.working.latest(path)));
    const undecided = Object.entries(this.state.conflicts).map(([path, { mine }]) => asChanges(path, mine));
    return [...typed, ...undecided].reduce(withChanges, files);
  }

  private async withArrived(state: State, id: string): Promise<State> {
    const generation = await this.api.generation(id);
    const live = LiveText.resume(generation);
    if (!state.generations[id] || !isRunning(state.generations[id])) return withArrived(state, generation, undefined);
    this.live = live;
    return withArrived(state, generation, live.writing);
  }

  /** Apply the text that was typed and never sent in tabs that are gone. */
  private async replayJournal(): Promise<void> {
    const orphans = await this.journal.orphans();
    // A journal that has to wait until another conflict is decided stays for the next visit.
    const left = new Set<string>();
    for (const { path, entry, key } of orphans) if (!this.replay(path, entry)) left.add(key);
    for (const { key } of orphans) if (!left.has(key)) this.journal.forget(key);
  }

  /** False when the person first has to decide on another text of the same file. */
  private replay(path: string, { text, base, sent }: JournalEntry): boolean {
    const file = this.own(path);
    if (sameFile(file, text)) return true;
    const known = this.working.known.get(path) ?? NOTHING;
    const untouched = base !== undefined && base.digest === known.digest && !this.working.isPending(path);
    const agreed = untouched ? { file: text } : reconcile(baseAfter(sent, base?.file, file), text, file);
    if (agreed === null && (path in this.state.conflicts || this.working.isPending(path))) return false;
    if (agreed === null && text !== null) this.disagree(path, { base, mine: text, theirs: known.file ?? null });
    else if (agreed !== null && !sameFile(agreed.file, file)) this.write(asChanges(path, agreed.file));
    return true;
  }

  private set(next: State): void {
    if (next === this.state) return;
    this.state = next;
    this.stateListeners.tell(next);
  }

  // What the person does

  /** New text of a file: shown at once, sent soon, and kept in the journal until then. */
  typed(path: string, text: string): void {
    if (this.state.files[path] !== text) this.write({ put: { [path]: text }, delete: [] });
  }

  write(changes: Changes): void {
    for (const path of changes.delete) {
      this.endConflict(path);
      this.working.delete(path);
    }
    for (const [path, file] of Object.entries(changes.put)) {
      const conflict = this.state.conflicts[path];
      if (conflict) this.disagree(path, { ...conflict, mine: file });
      else this.working.put(path, file);
    }
    this.change(changes, "typed");
  }

  rename(from: string, to: string): void {
    const file = this.state.files[from];
    if (file === undefined || to in this.state.files) return;
    if (from in this.state.conflicts) {
      this.decide(from, "theirs");
      this.write({ put: { [to]: file }, delete: [] });
    } else if (typeof file === "string") {
      this.working.move(from, to, file);
      this.change({ put: { [to]: file }, delete: [from] }, "typed");
    } else {
      this.working.rename(from, to);
      this.change({ put: { [to]: file }, delete: [from] }, "typed");
    }
  }

  /** Decide which of the two texts a file gets. Returns a function that undoes the decision. */
  decide(path: string, whose: "mine" | "theirs"): () => void {
    const conflict = this.endConflict(path);
    if (!conflict) return () => {};
    const { mine, theirs } = conflict;
    if (whose === "mine") this.write({ put: { [path]: mine }, delete: [] });
    else {
      this.journal.drop(path);
      this.change(asChanges(path, theirs), "remote");
    }
    return () => this.write(asChanges(path, whose === "mine" ? theirs : mine));
  }

  /** Rejects while a conflict is undecided: a version would hold only one of the two texts. */
  async save(label = ""): Promise<Version | null> {
    await this.beforeSave?.();
    await this.working.flush();
    const [undecided] = Object.keys(this.state.conflicts);
    if (undecided !== undefined) throw new Error(t("workbench.conflict.first", { path: undecided }));
    const { version } = await this.api.save(label);
    return version;
  }

  async describe(id: string, change: { name?: string; pinned?: boolean }): Promise<void> {
    const { version } = await this.api.describe(id, change);
    this.set(reduce(this.state, { kind: "version_described", data: { version } }));
  }

  /** The person deleted the project, or undid that. */
  gone(isGone: boolean): void {
    this.set({ ...this.state, load: isGone ? "deleted" : "ready" });
  }

  /** Resolves once everything typed is on the server: the next call relies on that. */
  flush = (): Promise<void> => this.working.flush();

  /** The engines that suit the current files, asked once the server has them. */
  async askForEngines(): Promise<Engines> {
    await this.working.flush();
    const engines = await this.api.engines();
    this.set({ ...this.state, engines });
    return engines;
  }

  private change(changes: Changes, origin: "typed" | "remote" | "generation"): void {
    if (isEmpty(changes)) return;
    const typed = origin === "typed";
    const paths = [...Object.keys(changes.put), ...changes.delete];
    if (typed) for (const path of paths) this.touched.set(path, ++this.touches);
    const { files, before, dirty } = this.state;
    if (before && origin === "remote") {
      // Files that the generation has written cover these changes, so they apply to the working copy below.
      const under = paths.filter((path) => !sameFile(before[path], files[path]));
      if (under.length) {
        this.set({ ...this.state, before: withChanges(before, only(changes, (path) => under.includes(path))) });
        this.change(only(changes, (path) => !under.includes(path)), origin);
        return;
      }
    }
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
    if (this.live?.generation !== frame.generation) return this.talk.hear(frame);
    try {
      const piece = this.live.append(frame);
      if (piece) this.textListeners.tell(piece);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      void this.reload();
    }
  }

  /** The position in the stream was lost: start again from a snapshot, and keep the typed text. */
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
        this.ground = { known: new Map(this.working.known), touches: this.touches };
        void this.bring();
        return;
      case "file_opened":
        return void this.live?.begin(event.data.path, event.data.at);
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
        return void this.refresh([...event.data.changed, ...event.data.deleted]);
      case "working_changed":
        if (event.data.client !== this.client) void this.refresh([...event.data.put, ...event.data.deleted]);
        return;
    }
  }

  /** The preview may need attached data before a version has it. */
  private async bring(): Promise<void> {
    const put = await attachedData(this.api, this.state);
    if (activeGeneration(this.state)) this.change({ put, delete: [] }, "generation");
  }

  /**
   * A generation ended without a version: the project returns to what it was. If it was empty, the arrived files stay.
   */
  private takeBack(): void {
    const before = this.state.before;
    if (before === null) return;
    const nothingBefore = Object.keys(before).length === 0;
    const changes = nothingBefore ? { put: {}, delete: [] } : difference(this.state.files, before);
    this.set({ ...this.state, before: null });
    this.change(changes, "generation");
  }

  private committed(data: HeadChange & { version: Version }): void {
    this.set({ ...this.state, dirty: new Set([...this.working.pending, ...Object.keys(this.state.conflicts)]) });
    if (data.version.kind === "save") return;
    if (data.version.kind === "generation") this.keepTyped([...data.changed, ...data.deleted]);
    if (data.version.kind === "generation" && this.state.before !== null) {
      // What was written and then refused, such as a locked file, is as it was.
      const accepted = new Set([...data.changed, ...data.deleted]);
      const refused = only(difference(this.state.files, this.state.before), (path) => !accepted.has(path));
      if (Object.keys(refused.put).length + refused.delete.length > 0) this.change(refused, "generation");
    }
    // Every file has streamed by already, so the preview is told first; the server's copy is compared afterwards.
    this.set({ ...this.state, before: null });
    this.fileListeners.tell({ put: {}, delete: [], complete: true, origin: "generation" });
    void this.refresh([...data.changed, ...data.deleted]);
  }

  /**
   * Text that was typed here while a generation wrote the same files has the same base as the generation. It is sent
   * with that base, so that it meets the new version and is merged with it, or becomes a conflict.
   */
  private keepTyped(paths: string[]): void {
    const { ground } = this;
    this.ground = null;
    if (!ground) return;
    for (const path of paths.filter((one) => !(one in this.state.conflicts))) {
      const typed = (this.touched.get(path) ?? 0) > ground.touches;
      // Where nobody typed, what comes before the server's copy has been read again is typed on what is shown now.
      const shown = { file: this.state.files[path] ?? null, digest: this.working.known.get(path)?.digest ?? null };
      const start = typed ? ground.known.get(path) ?? NOTHING : shown;
      const mine = this.own(path);
      this.working.makeOn(path, start);
      if (!typed || this.working.isPending(path) || sameFile(mine, start.file)) continue;
      if (mine === null) this.working.delete(path);
      else this.working.put(path, mine);
    }
  }

  private async refresh(paths: string[]): Promise<void> {
    await (this.arriving = Promise.all([this.arriving, this.read(paths)]));
  }

  /** Read files again, but never over text that was typed since, or the answer to a later question. Many files come in one answer. */
  private async read(paths: string[]): Promise<void> {
    const [asked, askedAt] = [this.touches, performance.now()];
    const free = paths.filter((path) => !this.working.isPending(path));
    for (const path of paths) if (!free.includes(path)) this.behind.add(path);
    if (free.length === 0) return;
    try {
      const found = await this.api.these(free);
      const isLate = ([path]: [string, Known]): boolean => (this.touched.get(path) ?? 0) > asked || (this.answeredAt.get(path) ?? 0) > askedAt || this.working.isPending(path);
      for (const [path] of found.filter(isLate)) this.behind.add(path);
      this.receiveFiles(found.filter((one) => !isLate(one)), askedAt);
      this.catchUp();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.problemListeners.tell(error.message);
    }
  }

  private catchUp(): void {
    const paths = [...this.behind].filter((path) => !this.working.isPending(path));
    for (const path of paths) this.behind.delete(path);
    if (paths.length) void this.refresh(paths);
  }

  private receiveFiles(found: [string, Known][], askedAt: number): void {
    const changes: Changes = { put: {}, delete: [] };
    for (const [path, known] of found) {
      this.answeredAt.set(path, askedAt);
      if (this.state.unsent.includes(path)) continue;
      this.working.known.set(path, known);
      const conflict = this.state.conflicts[path];
      if (conflict) this.meet({ path, base: conflict.base, mine: conflict.mine, theirs: known, sent: undefined, movedTo: undefined });
      else if (known.file === null && (path in this.state.files || path in (this.state.before ?? {}))) changes.delete.push(path);
      else if (known.file != null && !sameFile(this.own(path), known.file)) changes.put[path] = known.file;
    }
    this.change(changes, "remote");
  }

  /** Reconcile somebody else's version of a file with the text that this tab has and did not send. */
  private meet({ path, base: known, sent, mine, theirs, movedTo }: Meeting): void {
    const there = theirs.file ?? null;
    const base = known && { ...known, file: baseAfter(sent, known.file, there) };
    const moved = movedTo === undefined ? null : this.working.latest(movedTo);
    if (movedTo !== undefined && typeof moved === "string") {
      const both = reconcile(base?.file, moved, there);
      if (both && typeof both.file === "string") {
        this.working.move(path, movedTo, both.file);
        this.change({ put: { [movedTo]: both.file }, delete: [] }, "remote");
        return;
      }
    }
    const agreed = reconcile(base?.file, mine, there);
    if (agreed === null && mine !== null) {
      this.disagree(path, { base, mine, theirs: there });
      return;
    }
    this.endConflict(path);
    this.journal.drop(path);
    const file = agreed?.file ?? null;
    if (!sameFile(file, there)) {
      if (file === null) this.working.delete(path);
      else this.working.put(path, file);
    }
    this.change(asChanges(path, file), "remote");
    if (mine === null && file !== null) this.problemListeners.tell(t("workbench.conflict.kept", { path }));
  }

  private disagree(path: string, conflict: FileConflict): void {
    const isNew = !(path in this.state.conflicts);
    if (typeof conflict.mine === "string") this.journal.note(path, conflict.mine, conflict.base);
    this.set({ ...this.state, conflicts: { ...this.state.conflicts, [path]: conflict } });
    this.change({ put: { [path]: conflict.mine }, delete: [] }, "typed");
    if (isNew) this.conflictListeners.tell(path);
  }

  private endConflict(path: string): FileConflict | undefined {
    const { [path]: ended, ...conflicts } = this.state.conflicts;
    if (ended) this.set({ ...this.state, conflicts });
    return ended;
  }

  /** This tab's working copy of the file, without what a running generation writes. */
  private own(path: string): File {
    return (this.state.before ?? this.state.files)[path] ?? null;
  }
}
