export interface Split {
  tip: number
  total: number
  /** What each person pays; the shares always add up to the total. */
  shares: number[]
  /** What rounding up adds to the tip. */
  added: number
}

export const MAX_BILL = 999_999.99
export const MAX_PEOPLE = 20

/** Splits in whole cents, so that nothing is lost or won; the first people pay the cents left over. */
export function split(bill: number, percent: number, people: number, roundUp: boolean): Split {
  const billCents = Math.round(bill * 100)
  const tipCents = Math.round((billCents * percent) / 100)
  const exact = billCents + tipCents
  const step = roundUp ? 100 : 1
  const totalCents = roundUp ? Math.ceil(exact / people / step) * step * people : exact
  const base = Math.floor(totalCents / people)
  const over = totalCents - base * people
  return {
    tip: (totalCents - billCents) / 100,
    total: totalCents / 100,
    shares: Array.from({ length: people }, (_, index) => (base + (index < over ? 1 : 0)) / 100),
    added: (totalCents - exact) / 100,
  }
}

/** The typed bill after one more key: a digit, "." or "back". */
export function typed(before: string, key: string): string {
  if (key === "back") return before.slice(0, -1)
  if (key === ".") return before.includes(".") ? before : `${before || "0"}.`
  const next = before === "0" ? key : before + key
  const [, decimals = ""] = next.split(".")
  return decimals.length > 2 || Number(next) > MAX_BILL ? before : next
}
