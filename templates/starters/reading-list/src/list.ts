import { computed, reactive, ref, watch } from "vue"
import { content, seeds, slug, type Entry } from "./content"

/** What the person changed, kept apart from the seed entries so that both can change on their own. */
interface Changes {
  added: Entry[]
  removed: string[]
  status: Record<string, string>
  notes: Record<string, string>
}

const KEY = `${slug}:list`

function load(): Changes {
  const empty: Changes = { added: [], removed: [], status: {}, notes: {} }
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Changes>
    return {
      added: Array.isArray(stored.added) ? stored.added.filter((entry) => entry?.id && entry.title) : [],
      removed: Array.isArray(stored.removed) ? stored.removed : [],
      status: stored.status ?? {},
      notes: stored.notes ?? {},
    }
  } catch {
    return empty // Broken storage: show the seeds again.
  }
}

const changes = reactive(load())

watch(changes, () => {
  try {
    localStorage.setItem(KEY, JSON.stringify(changes))
  } catch {
    // Storage may be refused in private windows; changes then last until the page closes.
  }
})

export const search = ref("")
export const tag = ref("")
export const status = ref("")

export const entries = computed<Entry[]>(() =>
  [...changes.added, ...seeds]
    .filter((entry) => !changes.removed.includes(entry.id))
    .map((entry) => ({ ...entry, status: changes.status[entry.id] ?? entry.status })),
)

export const found = computed<Entry[]>(() => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.value.filter((entry) => {
    const text = `${entry.title} ${entry.by} ${entry.description}`.toLowerCase()
    return (
      (!tag.value || entry.tags.includes(tag.value)) &&
      (!status.value || entry.status === status.value) &&
      words.every((word) => text.includes(word))
    )
  })
})

export const note = (id: string): string => changes.notes[id] ?? ""

export function setNote(id: string, text: string): void {
  changes.notes[id] = text
}

export function setStatus(id: string, next: string): void {
  changes.status[id] = next
}

export function remove(id: string): void {
  changes.added = changes.added.filter((entry) => entry.id !== id)
  if (seeds.some((entry) => entry.id === id)) changes.removed.push(id)
}

/** Adds an entry at the top and returns its id. */
export function add(title: string, by: string, tagId: string): string {
  const id = `own-${Date.now().toString(36)}`
  const first = content.statuses[0]?.id ?? ""
  changes.added.unshift({ id, title, by, tags: tagId ? [tagId] : [], status: first, description: "" })
  return id
}
