import raw from "./content.json"

export interface Named {
  id: string
  name: string
}

export interface Seed {
  title: string
  column: string
  owner: string
  tag: string
  note?: string
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  columns: Named[]
  people: Named[]
  tags: Named[]
  cards: Seed[]
  labels: typeof raw.labels
}

export const content: Content = raw

const TAG_COLORS = 4

/** The colour of a label, by its place in the list of labels. */
export function tagColor(id: string) {
  const index = content.tags.findIndex((tag) => tag.id === id)
  return index < 0 ? "var(--line)" : `var(--tag-${(index % TAG_COLORS) + 1})`
}
