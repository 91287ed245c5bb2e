import { content, slug, type Habit } from "./content"
import { dayOf } from "./days"

/** What the person changed; the seed habits and their first marks come from the content. */
interface Changes {
  added: Habit[]
  removed: string[]
  /** "habit:day" to done or not done, where it differs from the seed. */
  marks: Record<string, boolean>
}

const KEY = `${slug}:habits`
export const today = dayOf(new Date())

function load(): Changes {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Changes>
    return {
      added: Array.isArray(stored.added) ? stored.added.filter((one) => one?.id && one.name) : [],
      removed: Array.isArray(stored.removed) ? stored.removed : [],
      marks: typeof stored.marks === "object" && stored.marks ? stored.marks : {},
    }
  } catch {
    return { added: [], removed: [], marks: {} } // Broken storage: start from the seeds.
  }
}

const changes = $state(load())

function store(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(changes))
  } catch {
    // Storage may be refused in private windows; changes then last until the page closes.
  }
}

/** All habits that were not removed, seeds first. */
export function habits(): Habit[] {
  return [...content.habits, ...changes.added].filter((one) => !changes.removed.includes(one.id))
}

/** The days on which a habit was done. */
export function doneDays(id: string): Set<number> {
  const seed = content.habits.find((one) => one.id === id)
  const days = new Set(seed?.days_ago.map((ago) => today - ago))
  for (const [key, done] of Object.entries(changes.marks)) {
    if (!key.startsWith(`${id}:`)) continue
    const day = Number(key.slice(id.length + 1))
    if (done) days.add(day)
    else days.delete(day)
  }
  return days
}

export function toggle(id: string, day: number): void {
  changes.marks[`${id}:${day}`] = !doneDays(id).has(day)
  store()
}

export function add(name: string, category: string): void {
  changes.added.push({ id: `own-${Date.now().toString(36)}`, name, category })
  store()
}

export function remove(id: string): void {
  changes.removed.push(id)
  store()
}

export function bringBack(id: string): void {
  changes.removed = changes.removed.filter((one) => one !== id)
  store()
}
