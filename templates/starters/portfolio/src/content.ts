import raw from "./content.json"

export interface Project {
  id: string
  name: string
  category: string
  year?: string
  description: string
}

export const content = raw
export const projects: Project[] = raw.projects
export const categories = raw.categories.filter(({ id }) => raw.projects.some((project) => project.category === id))
export const categoryName = (id: string): string => raw.categories.find((category) => category.id === id)?.name ?? ""

/** What the menu calls a section. */
export const sectionLabel = (section: string): string =>
  (raw.labels as Record<string, string>)[section] ?? section
