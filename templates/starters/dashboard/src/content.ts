import raw from "./content.json"

export interface Metric {
  id: string
  name: string
  /** `money`, `decimal` or `number` */
  format: string
  /** How months add up: `sum` or `mean`. */
  total: string
  /** One value a month; the last is the current month. */
  values: number[]
}

export interface Item {
  item: string
  category: string
  per_month: number
  price: number
  /** Share, such as 0.12 for 12 % more. */
  change: number
}

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  locale: string
  currency: string
  range: number
  metrics: Metric[]
  categories: { id: string; name: string }[]
  items: Item[]
  labels: typeof raw.labels
}

export const content: Content = raw
