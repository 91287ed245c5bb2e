import type { ReactElement } from "react"

/** A round ornament of petals and rings that is always the same for the same seed. */
export function Rosette({ seed, className = "" }: { seed: string; className?: string }) {
  let hash = [...seed].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16777619), 2166136261)
  const pick = (count: number): number => {
    hash = Math.imul(hash ^ (hash >>> 15), 2246822519)
    return (hash >>> 8) % count
  }
  const colours = ["var(--accent)", "var(--header)", "color-mix(in oklab, var(--accent) 45%, var(--header))", "color-mix(in oklab, var(--ink) 80%, var(--accent))"]
  const start = pick(4)
  const colour = (index: number): string => colours[(start + index) % colours.length] ?? "var(--accent)"
  const petals = 6 + pick(7)
  const long = 58 + pick(5) * 6
  const wide = 9 + pick(4) * 4
  const shapes: ReactElement[] = []
  for (let index = 0; index < petals; index++) {
    const turn = `rotate(${(360 / petals) * index} 100 100)`
    shapes.push(<ellipse key={index} cx="100" cy={100 - long / 2 - 12} rx={wide} ry={long / 2} fill={colour(0)} transform={turn} />)
    shapes.push(<circle key={`dot-${index}`} cx="100" cy={100 - long + 8} r={3 + pick(2) * 2} fill={colour(1)} transform={turn} />)
  }
  return (
    <svg viewBox="0 0 200 200" className={className} aria-hidden="true">
      <circle cx="100" cy="100" r="98" fill="color-mix(in oklab, var(--header) 26%, var(--surface))" />
      <circle cx="100" cy="100" r="88" fill="var(--surface)" />
      {shapes}
      <circle cx="100" cy="100" r={20 + pick(3) * 5} fill={colour(2)} />
      <circle cx="100" cy="100" r={8 + pick(2) * 4} fill={colour(3)} />
    </svg>
  )
}
