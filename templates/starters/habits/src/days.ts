/** Days are counted from 1970 in local time, so that "yesterday" is always `day - 1`, whatever the clocks do. */
export function dayOf(date: Date): number {
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000)
}

export const dateOf = (day: number): Date => new Date(day * 86_400_000)

/** The seven days, Monday first, of the week that holds `day`. */
export function weekOf(day: number): number[] {
  const monday = day - ((dateOf(day).getUTCDay() + 6) % 7)
  return Array.from({ length: 7 }, (_, index) => monday + index)
}

const format = (options: Intl.DateTimeFormatOptions): ((day: number) => string) => {
  const formatter = new Intl.DateTimeFormat("en", { ...options, timeZone: "UTC" })
  return (day) => formatter.format(dateOf(day))
}

export const shortWeekday = format({ weekday: "short" })
export const longDate = format({ weekday: "long", day: "numeric", month: "long" })
export const shortDate = format({ day: "numeric", month: "short" })

/** Days in a row up to today; a day that has only begun does not break the row. */
export function streak(done: ReadonlySet<number>, today: number): number {
  let day = done.has(today) ? today : today - 1
  let length = 0
  while (done.has(day)) {
    length += 1
    day -= 1
  }
  return length
}

/** The longest row of days there has been. */
export function longestStreak(done: ReadonlySet<number>): number {
  let best = 0
  for (const day of done) {
    if (done.has(day - 1)) continue
    let length = 1
    while (done.has(day + length)) length += 1
    best = Math.max(best, length)
  }
  return best
}
