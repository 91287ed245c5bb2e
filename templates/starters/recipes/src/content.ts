import raw from "./content.json"

export interface Entry {
  id: string
  title: string
  tags: string[]
  description: string
}

export interface Part {
  amount: number
  unit: string
  name: string
}

/** Amounts and steps for the entry with this title. */
export interface Sheet {
  for: string
  /** How many portions the amounts are for. */
  makes: number
  parts: Part[]
  steps: string[]
}

export const content = raw
export const entries: Entry[] = raw.entries
export const tags = raw.tags.filter(({ id }) => raw.entries.some((entry) => (entry.tags as string[]).includes(id)))
export const tagName = (id: string): string => raw.tags.find((tag) => tag.id === id)?.name ?? ""
export const shows = (section: string): boolean => raw.sections.includes(section)

export function sheetOf(entry: Entry): Sheet | undefined {
  return (raw.sheets as Sheet[]).find((sheet) => sheet.for === entry.title)
}

/** The app's name as a storage key. */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "collection"
