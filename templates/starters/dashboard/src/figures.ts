import { content, type Item, type Metric } from "./content"

const { locale, currency, categories } = content
const PART_COLORS = 5

const formats: Record<string, Intl.NumberFormat> = {
  money: new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 0 }),
  decimal: new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 }),
  number: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
}
const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" })

export const format = (value: number, kind: string) => (formats[kind] ?? formats.number)!.format(value)
export const compact = (value: number) => short.format(value)
export const change = (share: number) => percent.format(share)

/** The name of a month, counted back from the current one. */
export function monthName(back: number) {
  const now = new Date()
  return new Date(now.getFullYear(), now.getMonth() - back, 1).toLocaleDateString(locale, { month: "short" })
}

export function total(metric: Metric, values: number[]) {
  const sum = values.reduce((all, value) => all + value, 0)
  return metric.total === "mean" ? sum / Math.max(1, values.length) : sum
}

/** The last `months` months of a metric, and how they stand against those before (null: not known). */
export function period(metric: Metric, months: number) {
  const values = metric.values.slice(-months)
  const before = metric.values.slice(-2 * months, -months)
  const now = total(metric, values)
  const then = total(metric, before)
  return { values, now, change: before.length === months && then ? now / then - 1 : null }
}

export interface Row extends Item {
  group: string
  sold: number
  income: number
}

export function rows(months: number): Row[] {
  return content.items.map((item) => ({
    ...item,
    group: categories.find(({ id }) => id === item.category)?.name ?? "",
    sold: item.per_month * months,
    income: item.per_month * months * item.price,
  }))
}

/** What each group brought in, groups without income left out. */
export function parts(months: number) {
  const all = rows(months)
  return categories
    .map(({ id, name }, index) => ({
      name,
      value: all.filter((row) => row.category === id).reduce((sum, row) => sum + row.income, 0),
      fill: `var(--part-${(index % PART_COLORS) + 1})`,
    }))
    .filter(({ value }) => value > 0)
}
