import { useSyncExternalStore } from "react"
import { slug } from "../content"

/** What the person keeps: saved entries and lines of their own. */
interface Kept {
  saved: string[]
  lines: Record<string, string[]>
}

const KEY = `${slug}:kept`
const listeners = new Set<() => void>()
let kept = load()

function load(): Kept {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>
    const lines = Object.entries(stored.lines ?? {}).filter(([, list]) => Array.isArray(list))
    return { saved: Array.isArray(stored.saved) ? stored.saved : [], lines: Object.fromEntries(lines) }
  } catch {
    return { saved: [], lines: {} } // Broken storage: nothing is kept yet.
  }
}

function change(next: Kept): void {
  kept = next
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Storage may be refused in private windows; it is then kept until the page closes.
  }
  listeners.forEach((listener) => listener())
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useKept = (): Kept => useSyncExternalStore(subscribe, () => kept)

export function toggleSaved(id: string): void {
  const saved = kept.saved.includes(id) ? kept.saved.filter((one) => one !== id) : [...kept.saved, id]
  change({ ...kept, saved })
}

export function setLines(id: string, lines: string[]): void {
  change({ ...kept, lines: { ...kept.lines, [id]: lines } })
}
