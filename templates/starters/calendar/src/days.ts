import { content } from "./content"

/** A day as `2026-03-09`: sorts by time and is the same wherever the reader is. */
export function keyOf(day: Date) {
  const month = String(day.getMonth() + 1).padStart(2, "0")
  return `${day.getFullYear()}-${month}-${String(day.getDate()).padStart(2, "0")}`
}

export function dayOf(key: string) {
  const [year, month, date] = key.split("-").map(Number)
  return new Date(year ?? 1970, (month ?? 1) - 1, date ?? 1)
}

export function plus(key: string, days: number) {
  const day = dayOf(key)
  day.setDate(day.getDate() + days)
  return keyOf(day)
}

export const today = () => keyOf(new Date())

/** Whole days from today to `key`. Noon to noon, so that a change of clocks does not count. */
export function distance(key: string) {
  const noon = (day: Date) => new Date(day).setHours(12, 0, 0, 0)
  return Math.round((noon(dayOf(key)) - noon(new Date())) / 86_400_000)
}

/** The days on the sheet of `month` (its first day): whole weeks, five or six of them. */
export function sheet(month: string) {
  const lead = (dayOf(month).getDay() - content.week_starts_on + 7) % 7
  const first = dayOf(month)
  const length = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate()
  return Array.from({ length: Math.ceil((lead + length) / 7) * 7 }, (_, at) => plus(month, at - lead))
}

export function monthOf(key: string, move = 0) {
  const day = dayOf(key)
  return keyOf(new Date(day.getFullYear(), day.getMonth() + move, 1))
}

export function written(key: string, options: Intl.DateTimeFormatOptions) {
  return dayOf(key).toLocaleDateString(content.locale, options)
}

export function soon(key: string) {
  const { soon: words } = content.labels
  const days = distance(key)
  return days === 0 ? words.today : days === 1 ? words.tomorrow : words.days.replace("{days}", String(days))
}
