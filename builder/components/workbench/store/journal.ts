import type { File, Known } from "./files";
import { type Splice, smallestEdit } from "./smallest_edit";

/**
 * What was typed and not yet acknowledged by the server, kept in localStorage so that a crash of tab, browser or
 * server loses nothing, together with what it was typed over, so that another's changes can be told from it later.
 * Each tab has its own journal and holds a Web Lock of the same name: a journal whose lock nobody holds belongs to a
 * tab that is gone, and is replayed by the next one.
 */
export interface JournalEntry {
  /** null: the file was deleted. */
  text: string | null;
  /** What the server had as it was typed; undefined where nobody knows. */
  base: Known | undefined;
  /** Of it, what was on its way to the server; undefined: nothing. */
  sent: string | null | undefined;
  /** Milliseconds since 1970. */
  at: number;
}

/** An entry as it is stored: other texts as what makes them of `text`, which they differ little from. */
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
/** Writing more characters than these with every key would be felt: they follow a little later. */
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
    // Without a secure context (plain http on a network address) there are no locks: then every journal is an orphan.
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

  /** It is on its way: after a crash nobody knows whether it arrived. */
  sending(path: string, sent: string | null): void {
    const entry = this.entries.get(path);
    if (!entry) return;
    this.entries.set(path, { ...entry, sent });
    this.keep();
  }

  /** The server has it, as `known`. An entry changed since it was sent stays. */
  settle(path: string, sent: string | null, known: Known): void {
    const entry = this.entries.get(path);
    if (!entry) return;
    if (entry.text === sent) this.entries.delete(path);
    else this.entries.set(path, { ...entry, base: known, sent: undefined });
    this.keep();
  }

  /** Nothing of it is wanted any more. */
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

  /** What tabs that are gone left behind, in the order in which it was typed. */
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

  /** Orphans that are taken care of. */
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
