import { content } from "./content"

const two = (value: number) => String(value).padStart(2, "0")

/** `2026-03`, counted back from the current month. */
export function monthBefore(count: number, from = new Date()) {
  const date = new Date(from.getFullYear(), from.getMonth() - count, 1)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}`
}

export function shiftMonth(month: string, by: number) {
  return monthBefore(-by, new Date(`${month}-01T00:00`))
}

export function daysIn(month: string) {
  const [year = 0, number = 1] = month.split("-").map(Number)
  return new Date(year, number, 0).getDate()
}

export function today() {
  return `${monthBefore(0)}-${two(new Date().getDate())}`
}

/** A day of a month, never one that is still to come. */
export function dateIn(month: string, day: number) {
  const date = `${month}-${two(Math.min(day, daysIn(month)))}`
  return date > today() ? today() : date
}

export function monthName(month: string) {
  return new Date(`${month}-01T00:00`).toLocaleDateString(content.locale, { month: "long", year: "numeric" })
}

export function dayName(date: string) {
  return new Date(`${date}T00:00`).toLocaleDateString(content.locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
  })
}
