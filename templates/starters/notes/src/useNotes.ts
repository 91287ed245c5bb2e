import { useState } from "react"
import { content } from "./content"
import { useStored } from "./storage"

export interface Note {
  id: string
  title: string
  body: string
  tags: string[]
  pinned: boolean
  /** Milliseconds since 1970. */
  edited: number
}

const DAY_MS = 86_400_000
const seed = { tags: content.tags, notes: content.notes }

/** All notes: pinned first, then by when they were edited. */
export function useNotes() {
  const [stored, setNotes] = useStored("notes", seed, fromSeed, isNotes)
  const [deleted, setDeleted] = useState<Note | null>(null)
  const notes = stored.toSorted((a, b) => Number(b.pinned) - Number(a.pinned) || b.edited - a.edited)

  return {
    notes,
    deleted,
    /** Makes a blank note and returns its id. */
    create(tag: string) {
      const id = Date.now().toString(36) + Math.random().toString(36).slice(2)
      const note = { id, title: "", body: "", tags: tag ? [tag] : [], pinned: false, edited: Date.now() }
      setNotes([note, ...stored])
      setDeleted(null)
      return id
    },
    change(id: string, part: Partial<Note>) {
      // Pinning and tagging leave the time of the last edit as it is.
      const edited = "title" in part || "body" in part ? { edited: Date.now() } : {}
      setNotes(stored.map((note) => (note.id === id ? { ...note, ...part, ...edited } : note)))
    },
    remove(note: Note) {
      setNotes(stored.filter((other) => other.id !== note.id))
      setDeleted(note)
    },
    undo() {
      if (deleted) setNotes([deleted, ...stored])
      setDeleted(null)
    },
  }
}

function fromSeed({ tags, notes }: typeof seed): Note[] {
  return notes.map(({ days_ago, ...note }, index) => ({
    ...note,
    id: `seed-${index}`,
    tags: note.tags.map((id) => tags.find((tag) => tag.id === id)?.name ?? id),
    edited: Date.now() - days_ago * DAY_MS - index,
  }))
}

function isNotes(value: unknown): value is Note[] {
  return (
    Array.isArray(value) &&
    value.every(
      (note: Partial<Note> | null) =>
        typeof note?.id === "string" &&
        typeof note.title === "string" &&
        typeof note.body === "string" &&
        typeof note.pinned === "boolean" &&
        typeof note.edited === "number" &&
        Array.isArray(note.tags) &&
        note.tags.every((tag) => typeof tag === "string"),
    )
  )
}
