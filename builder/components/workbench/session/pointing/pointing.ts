import type { Change, Decided, ElementPointer, FileMap, Look, NotWritten, Ordered, Pointed, Retyped, Shown, SourcePlace } from "$/runtime/index.ts";
import { placeOfPicture } from "./pictures";
import { t } from "./texts";
import { activeGeneration } from "../../store/state";
import type { ProjectStore } from "../../store/store";

/** Why a change was not made. `busy`: a model is writing; `large`: the picture is too large for a project. */
export type NotChanged = NotWritten | "busy" | "unsaved" | "large";

export interface PointingState {
  /** Whether the engine that runs knows where what it shows is written. */
  able: boolean;
  on: boolean;
  /** The page takes what is pressed for pointing. */
  ready: boolean;
  pointed: Pointed | null;
  /** It was picked, and not only looked at on the way. */
  chosen: boolean;
  /** How what was picked looks; null where it is not known. */
  shown: Shown | null;
  /** How often something was picked: an update tells of the same thing again. */
  picks: number;
  /** Where that is written; null while it is looked for, and where it is not known. */
  place: SourcePlace | null;
  looking: boolean;
  why: NotChanged | null;
}

const NOTHING = { pointed: null, chosen: false, shown: null, place: null, looking: false, why: null };
const OFF: PointingState = { able: false, on: false, ready: false, picks: 0, ...NOTHING };
/** Longer texts are cut in the name of a version. */
const MOST_NAMED = 40;
/** An update is shown within this time, ms; a place that is older leads nowhere. */
const UPDATE_MS = 1_000;

const STEPS = { up: -1, down: 1, duplicate: 1, delete: 0 } as const;

interface WhatDecides { pointed: Pointed; decided: Decided }

/** What the person points at in the running app, and the texts that they type over there. */
export class PointingSession {
  private state = OFF;
  private pointer: ElementPointer | undefined;
  private stop: (() => void) | undefined;
  private questions = 0;
  private decisions = 0;
  private readonly asked = new Map<number, (answer: WhatDecides) => void>();
  private waits: (() => void) | undefined;
  /** Changes are written one after the other: each is a version. */
  private writing: Promise<void> = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly store: ProjectStore) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): PointingState => this.state;

  /** The engine that runs from now on. */
  follow(pointer: ElementPointer | undefined): void {
    this.stop?.();
    this.pointer = pointer;
    this.stop = pointer?.on((event) => {
      if (event.type === "aiming") this.set({ ...this.state, ready: true });
      else if (event.type === "aimed") void this.look(event.pointed, event.chosen, event.again, event.shown ?? null);
      else if (event.type === "decided") this.asked.get(event.n)?.(event);
      else if (event.type === "retyped") this.writing = this.writing.then(() => this.write(event.n, event.pointed, event.retyped));
      else this.set({ ...this.state, on: false, ready: false, ...NOTHING });
    });
    this.set({ ...OFF, able: pointer !== undefined });
  }

  aim(on: boolean): void {
    if (!this.pointer || on === this.state.on) return;
    this.pointer.aim(on);
    this.set({ ...this.state, on, ready: false, ...NOTHING });
  }

  retype(): void {
    this.pointer?.retype();
  }

  /** Shows a look while it is chosen; "" shows again what is written. */
  paint(property: Look, value: string): void {
    this.pointer?.paint(property, value);
  }

  /** Writes a look that was chosen. `label`: the name of its version. */
  restyle(property: Look, value: string, label: string): void {
    this.paint(property, value);
    this.make(async () => {
      const why = await this.anew(async () => {
        const { pointed, decided } = await this.decides(property);
        return this.change(pointed, { kind: "look", restyled: { ...decided, property, value } }, label);
      }).catch(() => "unsaved" as const);
      if (why !== null) this.paint(property, "");
      return why;
    });
  }

  /** Moves, takes away or repeats what is picked. */
  order(deed: Ordered["deed"], label: string): void {
    this.make(async () => {
      const why = await this.anew((pointed) => this.change(pointed, { kind: "order", ordered: { deed } }, label));
      if (why === null && deed === "delete") this.set({ ...this.state, ...NOTHING });
      return why;
    });
  }

  /** Another text for what an image says of itself. */
  describe(from: string, to: string, label: string): void {
    this.make(() => this.anew((pointed) => this.change(pointed, { kind: "attribute", described: { name: "alt", from, to } }, label)));
  }

  /** Another picture, which becomes a file of the project; `content`: undefined where it is too large for one. */
  depict(from: string, name: string, content: Promise<FileMap[string] | undefined>, label: string): void {
    this.make(async () => {
      const read = await content;
      if (read === undefined) return "large";
      const { path, address } = placeOfPicture(this.state.place?.path ?? "", name, this.store.getState().files);
      return this.anew((pointed) => this.change(pointed, { kind: "attribute", described: { name: "src", from, to: address } }, label, { [path]: read }));
    });
  }

  private make(change: () => Promise<NotChanged | null>): void {
    this.set({ ...this.state, why: null });
    this.writing = this.writing.then(async () => {
      const why = await change().catch(() => "unsaved" as const);
      if (why !== null) this.set({ ...this.state, why });
    });
  }

  private async look(pointed: Pointed, chosen: boolean, again: boolean, shown: Shown | null): Promise<void> {
    const question = ++this.questions;
    const known = again ? { place: this.state.place, why: this.state.why } : { place: null, why: null, picks: this.state.picks + 1 };
    this.set({ ...this.state, pointed, chosen, shown, looking: chosen && !again, ...known });
    this.waits?.();
    if (!chosen) return;
    const place = await this.pointer?.place(pointed);
    if (question === this.questions) this.set({ ...this.state, place: place ?? known.place, looking: false });
  }

  private async write(n: number, pointed: Pointed, retyped: Retyped): Promise<void> {
    const label = t("pointing.version", { from: short(retyped.from), to: short(retyped.to) });
    const why = await this.change(pointed, { kind: "text", retyped }, label).catch(() => "unsaved" as const);
    if (why === null) {
      const place = await this.pointer?.place(pointed);
      if (place) this.set({ ...this.state, place });
      return;
    }
    this.pointer?.unwritten(n);
    this.set({ ...this.state, why });
  }

  /** The place of what changed a moment ago is known with the update that shows that. */
  private async anew(change: (pointed: Pointed) => Promise<NotChanged | null>): Promise<NotChanged | null> {
    const { pointed } = this.state;
    const why = pointed ? await change(pointed) : "unplaced";
    if (why !== "stale" || !this.state.pointed) return why;
    if (this.state.pointed === pointed) await this.updated();
    return change(this.state.pointed);
  }

  private updated(): Promise<void> {
    return new Promise((resolve) => {
      this.waits = resolve;
      setTimeout(resolve, UPDATE_MS);
    });
  }

  private decides(property: Look): Promise<WhatDecides> {
    const n = ++this.decisions;
    return new Promise<WhatDecides>((resolve, reject) => {
      this.asked.set(n, resolve);
      setTimeout(reject, UPDATE_MS, new Error("the page does not answer"));
      this.pointer?.decide(n, property);
    }).finally(() => this.asked.delete(n));
  }

  /** Changes nothing but one span; the change is a version of its own. */
  private async change(pointed: Pointed, change: Change, label: string, also: FileMap = {}): Promise<NotChanged | null> {
    const { store, pointer } = this;
    if (!pointer) return "unplaced";
    if (activeGeneration(store.getState())) return "busy";
    const written = await pointer.rewrite(pointed, change);
    if ("why" in written) return written.why;
    const { path, start, end, text, source } = written.edit;
    const mine = store.getState().dirty.size > 0;
    // The preview is built a moment after the last key: what was typed meanwhile is no text that was looked at.
    if (store.getState().files[path] !== source) return "stale";
    const next = source.slice(0, start) + text + source.slice(end);
    if (mine) await store.save();
    if (store.getState().files[path] !== source) return "stale";
    store.write({ put: { ...also, [path]: next }, delete: [] });
    if (change.kind === "look") pointer.settle();
    else if (change.kind === "order") pointer.follow(STEPS[change.ordered.deed]);
    await store.save(label);
    return null;
  }

  private set(next: PointingState): void {
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

const short = (text: string): string => (text.length > MOST_NAMED ? `${text.slice(0, MOST_NAMED - 1)}…` : text);
