/**
 * What was typed and not yet acknowledged by the server, kept in localStorage so that a crash of tab, browser or
 * server loses nothing. Each tab has its own journal and holds a Web Lock of the same name: a journal whose lock
 * nobody holds belongs to a tab that is gone, and is replayed by the next one.
 */
export interface JournalEntry {
  /** null: the file was deleted. */
  text: string | null;
  at: number;
}

const PREFIX = "sayso.journal";

export class Journal {
  private readonly key: string;
  private readonly entries = new Map<string, JournalEntry>();
  private release: (() => void) | null = null;

  constructor(private readonly project: string, client: string) {
    this.key = `${PREFIX}.${project}.${client}`;
    // Without a secure context (plain http on a network address) there are no locks: then every journal is an orphan.
    if ("locks" in navigator) {
      void navigator.locks.request(this.key, () => new Promise<void>((resolve) => (this.release = resolve)));
    }
  }

  close(): void {
    this.release?.();
  }

  /** False when the browser has no room for it; the caller then sends at once. */
  note(path: string, text: string | null): boolean {
    this.entries.set(path, { text, at: Date.now() });
    return this.store();
  }

  /** The server has it. An entry changed since it was sent stays. */
  settle(path: string, sent: string | null): void {
    if (this.entries.get(path)?.text === sent) this.entries.delete(path);
    this.store();
  }

  private store(): boolean {
    try {
      if (this.entries.size === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(this.entries)));
      return true;
    } catch {
      return false;
    }
  }

  /** What tabs that are gone left behind, newest entry per path, and the way to forget it. */
  async orphans(): Promise<{ entries: Map<string, JournalEntry>; forget: () => void }> {
    const held = new Set<string>();
    if ("locks" in navigator) {
      const state = await navigator.locks.query();
      for (const lock of state.held ?? []) if (lock.name) held.add(lock.name);
    }
    const entries = new Map<string, JournalEntry>();
    const keys = Object.keys(localStorage).filter(
      (key) => key.startsWith(`${PREFIX}.${this.project}.`) && key !== this.key && !held.has(key),
    );
    for (const key of keys) {
      for (const [path, entry] of readEntries(localStorage.getItem(key))) {
        if ((entries.get(path)?.at ?? 0) < entry.at) entries.set(path, entry);
      }
    }
    return { entries, forget: () => keys.forEach((key) => localStorage.removeItem(key)) };
  }
}

function readEntries(raw: string | null): [string, JournalEntry][] {
  if (raw === null) return [];
  try {
    return Object.entries(JSON.parse(raw) as Record<string, JournalEntry>);
  } catch {
    return [];
  }
}
