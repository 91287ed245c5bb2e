const FRACTIONS: [number, string][] = [
  [0.25, "¼"],
  [1 / 3, "⅓"],
  [0.5, "½"],
  [2 / 3, "⅔"],
  [0.75, "¾"],
]

/** An amount as a person would write it: 1.5 is "1 ½", 33.333 is "33", 187.5 is "190". */
export function writeAmount(amount: number): string {
  if (amount >= 100) return String(Math.round(amount / 5) * 5)
  if (amount >= 10) return String(Math.round(amount))
  const whole = Math.floor(amount + 0.1)
  const off = ([value]: [number, string]) => Math.abs(amount - whole - value)
  const fraction = FRACTIONS.reduce((near, other) => (off(other) < off(near) ? other : near))
  if (off(fraction) < 0.09) return whole ? `${whole} ${fraction[1]}` : fraction[1]
  return String(Math.max(Math.round(amount), amount > 0 ? 1 : 0))
}
