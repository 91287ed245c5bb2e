import raw from "./content.json"

export interface Seed {
  item: string
  category: string
  amount: number
  /** Months before the current one. */
  month: number
  day: number
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  currency: string
  locale: string
  budget: number
  categories: { id: string; name: string }[]
  expenses: Seed[]
  labels: typeof raw.labels
}

export const content: Content = raw

const format = new Intl.NumberFormat(content.locale, { style: "currency", currency: content.currency })
const SERIES_COLORS = 6

export const money = (amount: number) => format.format(amount)

/** The colour of a category, by its place in the list. */
export function colorOf(category: string) {
  const index = content.categories.findIndex(({ id }) => id === category)
  return index < 0 ? "var(--muted)" : `var(--series-${(index % SERIES_COLORS) + 1})`
}

export function nameOf(category: string) {
  return content.categories.find(({ id }) => id === category)?.name ?? ""
}
