import type { State } from "../store/state";
import type { Generation, Message, Turn } from "../../client/types";

/** A request with what it set off, or one message or answer that belongs to none. */
export interface Entry {
  key: string;
  person?: Message;
  turn?: Turn;
  /** What the builder said in the turn. */
  said: Message[];
  generation?: Generation;
}

/** Entries that stand side by side; `left`: the person went another way from before them. */
export interface Stretch {
  key: string;
  left: boolean;
  entries: Entry[];
}

type Known = Pick<State, "messages" | "generations" | "turns">;

/** Messages in order, each request followed by its result; an answer that is tried anew stands at its own time. */
export function timeline({ messages, generations, turns }: Known): Entry[] {
  const left = new Map(Object.entries(generations));
  const entries: Entry[] = [];
  const of = new Map<string, Entry>();
  const add = (id: string | null): void => {
    const generation = id === null ? undefined : left.get(id);
    if (!generation || turns[generation.turn ?? ""]) return;
    left.delete(generation.id);
    entries.push({ key: generation.id, said: [], generation });
  };
  for (const message of messages) {
    const turn = message.turn === null ? undefined : turns[message.turn];
    const shown = message.role === "builder" && message.generation !== null && generations[message.generation]?.summary;
    if (message.role === "person") {
      const entry = { key: message.id, said: [], person: message, ...(turn && { turn }) };
      if (turn) of.set(turn.id, entry);
      entries.push(entry);
    } else if (!shown) {
      const entry = turn && of.get(turn.id);
      if (entry) entry.said.push(message);
      else entries.push({ key: message.id, said: [message] });
    }
    add(message.generation);
  }
  for (const id of [...left.keys()]) add(id);
  return entries;
}

export function stretches(entries: readonly Entry[]): Stretch[] {
  const found: Stretch[] = [];
  for (const entry of entries) {
    const left = entry.turn?.followed_by != null;
    const last = found.at(-1);
    if (last?.left === left) last.entries.push(entry);
    else found.push({ key: entry.key, left, entries: [entry] });
  }
  return found;
}

/** How many messages of the person and the builder they are. */
export function spoken(entries: readonly Entry[]): number {
  const of = ({ person, said, generation, turn }: Entry): number =>
    (person ? 1 : 0) + said.length + (generation || turn?.steps.some((step) => step.generation) ? 1 : 0);
  return entries.reduce((sum, entry) => sum + of(entry), 0);
}

/** The versions that the app is not made of any more: they were undone. */
export function undoneVersions({ project, versions }: Pick<State, "project" | "versions">): ReadonlySet<string> {
  const known = new Map(versions.map((version) => [version.id, version]));
  const current = new Set<string>();
  let oldest = Infinity;
  for (let at = known.get(project?.head ?? ""); at; at = known.get(at.parent ?? "")) {
    if (current.has(at.id)) break;
    current.add(at.id);
    oldest = at.number;
  }
  return new Set(versions.filter(({ id, number }) => number > oldest && !current.has(id)).map(({ id }) => id));
}

/** Whether what came of the request was undone. */
export function isUndone({ turn, generation }: Entry, undone: ReadonlySet<string>): boolean {
  return turn?.followed_by == null && undone.has(turn?.version ?? generation?.version ?? "");
}
