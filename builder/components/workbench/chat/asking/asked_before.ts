import type { State } from "../../store/state";

/** What the person asked before, the newest first, each once. */
export function askedBefore({ messages }: Pick<State, "messages">): string[] {
  return [...new Set(messages.filter(({ role }) => role === "person").map(({ text }) => text).reverse())];
}
