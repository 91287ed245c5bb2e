import type { File, Known } from "./files";
import { type Splice, smallestEdit } from "./text/smallest_edit";

/**
 * Typed text that the server has not acknowledged yet, kept in localStorage so that a crash of tab, browser or server
 * loses nothing. The text it replaced is kept with it, so that changes by others can be told apart later. Each tab has
 * its own journal and holds a Web Lock of the same name: a journal whose lock nobody holds belongs to a tab that is
 * gone, and is replayed by the next one.
 */
export interface JournalEntry {
  /** null: the file was deleted. */
  text: string | null;
  /** What the server had when the text was typed; undefined when nobody knows. */
  base: Known | undefined;
  /** The part of it that was on its way to the server; undefined: nothing was. */
  sent: string | null | undefined;
  /** Milliseconds since 1970. */
  at: number;
}

/** An entry as stored: `base` and `sent` are stored as edits of `text`, because they differ little from it. */
interface Stored {
  text: string | null;
  at: number;
  digest?: string | null;
  base?: Splice | null;
  sent?: Splice | null;
}

export interface Orphan {
  path: string;
  entry: JournalEntry;
  /** The journal it is from. */
  key: string;
}

const PREFIX = "sayso.journal";
/** Writing more than so many characters with every key would be noticeable: they are written a little later. */
const AT_ONCE = 100_000;
const LATER_MS = 100;

export class Journal {
  private readonly key: string;
  private readonly entries = new Map<string, JournalEntry>();
  private release: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hasRoom = true;

  constructor(private readonly project: string, client: string) {
    this.key = `${PREFIX}.${project}.${client}`;
    // Without a secure context (plain http on a network address) there are no locks: then every journal counts as an
    // orphan.
    if ("locks" in navigator) {
      void navigator.locks.request(this.key, () => new Promise<void>((resolve) => (this.release = resolve)));
    }
  }

  close(): void {
    this.write();
    this.release?.();
  }

  /** False when the browser has no room for it; the caller then sends at once. */
  note(path: string, text: string | null, base: Known | undefined): boolean {
    this.entries.set(path, { text, base, sent: this.entries.get(path)?.sent, at: Date.now() });
    return this.keep();
  }

  /** The text is being sent: after a crash nobody knows whether it arrived. */
  sending(path: string, sent: string | null): void {
    const entry = this.entries.get(path);
    if (!entry) return;
    this.entries.set(path, { ...entry, sent });
    this.keep();
  }

  /** The server has it, as `known`. An entry that changed after it was sent stays. */
  settle(path: string, sent: string | null, known: Known): void {
    const entry = this.entries.get(path);
    if (!entry) return;
    if (entry.text === sent) this.entries.delete(path);
    else this.entries.set(path, { ...entry, base: known, sent: undefined });
    this.keep();
  }

  /** The entry is not needed any more. */
  drop(path: string): void {
    if (this.entries.delete(path)) this.keep();
  }

  /** Store what was put off. */
  write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      if (this.entries.size === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(Object.fromEntries([...this.entries].map(([path, entry]) => [path, stored(entry)]))));
      this.hasRoom = true;
    } catch {
      this.hasRoom = false;
    }
  }

  private keep(): boolean {
    let characters = 0;
    for (const { text } of this.entries.values()) characters += text?.length ?? 0;
    if (characters <= AT_ONCE) this.write();
    else this.timer ??= setTimeout(() => this.write(), LATER_MS);
    return this.hasRoom;
  }

  /** Entries of tabs that are gone, in the order in which they were typed. */
  async orphans(): Promise<Orphan[]> {
    const held = new Set<string>();
    if ("locks" in navigator) {
      const state = await navigator.locks.query();
      for (const lock of state.held ?? []) if (lock.name) held.add(lock.name);
    }
    const keys = Object.keys(localStorage).filter(
      (key) => key.startsWith(`${PREFIX}.${this.project}.`) && key !== this.key && !held.has(key),
    );
    const found = keys.flatMap((key) => read(localStorage.getItem(key)).map(([path, entry]) => ({ path, entry: revived(entry), key })));
    return found.sort((a, b) => a.entry.at - b.entry.at);
  }

  /** Remove orphans that have been taken care of. */
  forget(key: string): void {
    localStorage.removeItem(key);
  }
}

function stored({ text, base, sent, at }: JournalEntry): Stored {
  const entry: Stored = { text, at };
  if (base) entry.digest = base.digest;
  if (base && !(base.file instanceof Uint8Array) && base.file !== undefined) entry.base = made(text, base.file);
  if (sent !== undefined) entry.sent = made(text, sent);
  return entry;
}

function revived({ text, at, digest, base, sent }: Stored): JournalEntry {
  return {
    text, at,
    base: digest === undefined ? undefined : { digest, file: base === undefined ? undefined : applied(text, base) },
    sent: sent === undefined ? undefined : applied(text, sent),
  };
}

const made = (text: string | null, other: string | null): Splice | null => (other === null ? null : smallestEdit(text ?? "", other));

function applied(text: string | null, edit: Splice | null): File & (string | null) {
  if (edit === null) return null;
  const from = text ?? "";
  return from.slice(0, edit.start) + edit.insert + from.slice(edit.end);
}

function read(raw: string | null): [string, Stored][] {
  if (raw === null) return [];
  try {
    return Object.entries(JSON.parse(raw) as Record<string, Stored>);
  } catch {
    return [];
  }
}
