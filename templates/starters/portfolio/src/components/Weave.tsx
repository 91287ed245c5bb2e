import { memo } from "react"

const SIZE = 60

/** A pattern of quarter circles (Truchet tiles) that is always the same for the same seed. */
export const Weave = memo(function Weave({ seed, columns = 8, rows = 5, className = "" }: Props) {
  const random = generator(seed)
  const background = 8 + random() * 10
  const colour = 45 + random() * 50
  const bold = 10 + random() * 22
  const discs = random() > 0.5
  const tiles: string[] = []
  const dots: string[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = column * SIZE
      const y = row * SIZE
      const half = SIZE / 2
      if (random() > 0.5) {
        tiles.push(`M${x + half} ${y}a${half} ${half} 0 0 1 ${-half} ${half}M${x + SIZE} ${y + half}a${half} ${half} 0 0 0 ${-half} ${half}`)
      } else {
        tiles.push(`M${x + half} ${y}a${half} ${half} 0 0 0 ${half} ${half}M${x} ${y + half}a${half} ${half} 0 0 1 ${half} ${half}`)
      }
      if (discs && random() > 0.82) {
        dots.push(`M${x + half - 9} ${y + half}a9 9 0 1 1 18 0a9 9 0 1 1 -18 0Z`)
      }
    }
  }
  return (
    <svg
      viewBox={`0 0 ${columns * SIZE} ${rows * SIZE}`}
      preserveAspectRatio="xMidYMid slice"
      className={className}
      aria-hidden="true"
      style={{ background: `color-mix(in oklab, var(--accent) ${background}%, var(--surface))` }}
    >
      <path d={tiles.join("")} fill="none" stroke={`color-mix(in oklab, var(--accent) ${colour}%, var(--surface))`} strokeWidth={bold} />
      <path d={dots.join("")} fill="var(--ink)" />
    </svg>
  )
})

interface Props {
  seed: string
  columns?: number
  rows?: number
  className?: string
}

/** Numbers from 0 to 1 (mulberry32, seeded with an FNV-1a hash). */
function generator(seed: string): () => number {
  let state = 2166136261
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16777619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
