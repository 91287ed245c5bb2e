import raw from "./content.json"

export interface Kept {
  id: string
  name: string
  bill: number
  /** Percent. */
  tip: number
  people: number
  /** Milliseconds since 1970. */
  at: number
}

export const content = raw
export const shows = (section: string): boolean => raw.sections.includes(section)
export const seeds: Kept[] = raw.history.map(({ days_ago, ...kept }) => ({ ...kept, at: Date.now() - days_ago * 86_400_000 }))

const money = new Intl.NumberFormat(raw.app.locale, { style: "currency", currency: raw.app.currency })
const day = new Intl.DateTimeFormat(raw.app.locale, { day: "numeric", month: "short" })

export const formatMoney = (amount: number): string => money.format(amount)
export const formatDay = (at: number): string => day.format(at)

/** The app's name as a storage key. */
export const slug = raw.app.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "split"
