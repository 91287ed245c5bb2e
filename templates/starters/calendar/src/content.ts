import raw from "./content.json"

export interface Category {
  id: string
  name: string
}

/** As kept in the content: days count from today, so that the sample never grows old. */
export interface Seed {
  id: string
  title: string
  category: string
  in_days: number
  time: string
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  locale: string
  /** 0 is Sunday, 1 is Monday. */
  week_starts_on: number
  times: string[]
  categories: Category[]
  events: Seed[]
  labels: typeof raw.labels
}

export const content: Content = raw

/** The category's place among all: it decides its colour. */
export function toneOf(category: string) {
  const place = content.categories.findIndex((known) => known.id === category)
  return `var(--tone-${(Math.max(place, 0) % 4) + 1})`
}
