import raw from "./content.json"

export interface Habit {
  id: string
  name: string
  category: string
}

export const content = raw
export const shows = (section: string): boolean => raw.sections.includes(section)
export const categoryName = (id: string): string => raw.categories.find((one) => one.id === id)?.name ?? ""

/** The app's name as a storage key. */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "habits"
