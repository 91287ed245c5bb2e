import { useEffect, useState } from "react"
import { content } from "./content"
import { plus, today } from "./days"

export interface Entry {
  id: string
  title: string
  category: string
  day: string
  time: string
}

const slug = content.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-") || "calendar"
const key = `${slug}:entries`

const seeds = (): Entry[] =>
  content.events.map(({ in_days, ...event }) => ({ ...event, day: plus(today(), in_days) }))

interface Kept {
  added: Entry[]
  removed: string[]
}

/** Only what a person added or removed is kept: the sample stays in the content. */
function read(): Kept {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "{}")
    const kept = (value ?? {}) as Partial<Kept>
    return {
      added: Array.isArray(kept.added) ? kept.added.filter((entry) => typeof entry?.day === "string") : [],
      removed: Array.isArray(kept.removed) ? kept.removed : [],
    }
  } catch {
    return { added: [], removed: [] }
  }
}

export function useEvents() {
  const [kept, setKept] = useState(read)

  useEffect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(kept))
    } catch {
      // Storage is blocked: entries last until the page is closed.
    }
  }, [kept])

  const entries = [...seeds(), ...kept.added]
    .filter((entry) => !kept.removed.includes(entry.id))
    .sort((a, b) => `${a.day} ${a.time}`.localeCompare(`${b.day} ${b.time}`))

  return {
    entries,
    add: (entry: Omit<Entry, "id">) =>
      setKept((old) => ({ ...old, added: [...old.added, { ...entry, id: `own-${Date.now().toString(36)}` }] })),
    remove: (id: string) =>
      setKept((old) => ({ added: old.added.filter((entry) => entry.id !== id), removed: [...old.removed, id] })),
  }
}
