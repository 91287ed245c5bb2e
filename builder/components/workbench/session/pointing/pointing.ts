import type { NotWritten, SourcePlace, ElementPointer, Pointed, Retyped } from "$/runtime/index.ts";
import { t } from "./texts";
import { activeGeneration } from "../../store/state";
import type { ProjectStore } from "../../store/store";

/** Why a text was not changed. `busy`: a model is writing. */
export type NotChanged = NotWritten | "busy" | "unsaved";

export interface PointingState {
  /** Whether the engine that runs knows where what it shows is written. */
  able: boolean;
  on: boolean;
  /** The page takes what is pressed for pointing. */
  ready: boolean;
  pointed: Pointed | null;
  /** It was picked, and not only looked at on the way. */
  chosen: boolean;
  /** Where that is written; null while it is looked for, and where it is not known. */
  place: SourcePlace | null;
  looking: boolean;
  why: NotChanged | null;
}

const NOTHING = { pointed: null, chosen: false, place: null, looking: false, why: null };
const OFF: PointingState = { able: false, on: false, ready: false, ...NOTHING };
/** Longer texts are cut in the name of a version. */
const MOST_NAMED = 40;

/** What the person points at in the running app, and the texts that they type over there. */
export class PointingSession {
  private state = OFF;
  private pointer: ElementPointer | undefined;
  private stop: (() => void) | undefined;
  private questions = 0;
  /** Texts are written one after the other: each is a version. */
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
      else if (event.type === "aimed") void this.look(event.pointed, event.chosen);
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

  private async look(pointed: Pointed, chosen: boolean): Promise<void> {
    const question = ++this.questions;
    this.set({ ...this.state, pointed, chosen, place: null, looking: chosen, why: null });
    if (!chosen) return;
    const place = await this.pointer?.place(pointed);
    if (question === this.questions) this.set({ ...this.state, place: place ?? null, looking: false });
  }

  private async write(n: number, pointed: Pointed, retyped: Retyped): Promise<void> {
    const why = await this.change(pointed, retyped).catch(() => "unsaved" as const);
    if (why === null) {
      const place = await this.pointer?.place(pointed);
      if (place) this.set({ ...this.state, place });
      return;
    }
    this.pointer?.unwritten(n);
    this.set({ ...this.state, why });
  }

  /** Changes nothing but the text; the change is a version of its own. */
  private async change(pointed: Pointed, retyped: Retyped): Promise<NotChanged | null> {
    const { store, pointer } = this;
    if (!pointer) return "unplaced";
    if (activeGeneration(store.getState())) return "busy";
    const written = await pointer.rewrite(pointed, retyped);
    if ("why" in written) return written.why;
    const { path, start, end, text, source } = written.edit;
    const mine = store.getState().dirty.size > 0;
    // The preview is built a moment after the last key: what was typed meanwhile is no text that was looked at.
    if (store.getState().files[path] !== source) return "stale";
    const next = source.slice(0, start) + text + source.slice(end);
    if (mine) await store.save();
    if (store.getState().files[path] !== source) return "stale";
    store.typed(path, next);
    await store.save(t("pointing.version", { from: short(retyped.from), to: short(retyped.to) }));
    return null;
  }

  private set(next: PointingState): void {
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

const short = (text: string): string => (text.length > MOST_NAMED ? `${text.slice(0, MOST_NAMED - 1)}…` : text);
