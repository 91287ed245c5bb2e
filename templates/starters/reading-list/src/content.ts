import raw from "./content.json"

export interface Entry {
  id: string
  title: string
  by: string
  tags: string[]
  status: string
  year?: number
  description: string
}

export const content = raw
export const seeds: Entry[] = raw.entries
export const shows = (section: string): boolean => raw.sections.includes(section)
export const tagName = (id: string): string => raw.tags.find((tag) => tag.id === id)?.name ?? ""
export const statusName = (id: string): string => raw.statuses.find((status) => status.id === id)?.name ?? ""

/** The app's name as a storage key. */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "list"
