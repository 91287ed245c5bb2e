import { content } from "./content"

const slug = content.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-") || "memory"
const keyOf = (pairs: number) => `${slug}:fewest-moves:${pairs}`

/** The fewest moves needed so far for a board with that many pairs, or null. */
export function fewest(pairs: number): number | null {
  try {
    const kept = Number(localStorage.getItem(keyOf(pairs)) ?? "none")
    return Number.isInteger(kept) && kept >= pairs ? kept : null
  } catch {
    return null
  }
}

/** Keeps `moves` if nobody did better; says whether it is a record. */
export function keepFewest(pairs: number, moves: number): boolean {
  const before = fewest(pairs)
  if (before !== null && before <= moves) return false
  try {
    localStorage.setItem(keyOf(pairs), String(moves))
  } catch {
    // Storage is blocked: the record lasts until the page is closed.
  }
  return true
}
