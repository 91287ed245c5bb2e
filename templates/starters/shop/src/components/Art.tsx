import { useId } from "react"

/** A still life of plain shapes drawn from a seed, so that every product has its own picture without a photograph. */
export function Art({ seed, className = "" }: { seed: string; className?: string }) {
  const shade = useId()
  const numbers = sequence(seed)
  const tone = (share: number): string => `color-mix(in oklab, var(--accent) ${share}%, var(--surface))`
  const [horizon, sun, sunX, shape, width, height, x] = numbers as [number, number, number, number, number, number, number]
  const w = 90 + width * 60
  const h = 90 + height * 100
  const left = 110 + x * 60
  const floor = 215 + horizon * 40
  const top = floor + 18 - h
  return (
    <svg viewBox="0 0 400 320" preserveAspectRatio="xMidYMid slice" className={className} aria-hidden="true">
      <rect width="400" height="320" fill={tone(9 + sun * 8)} />
      <circle cx={90 + sunX * 220} cy={100 + sun * 30} r={46 + sun * 44} fill={tone(24)} />
      <rect y={floor} width="400" height={320 - floor} fill={tone(20)} />
      <ellipse cx={left + w / 2 + 22} cy={floor + 20} rx={w * 0.62} ry="10" fill={tone(38)} />
      <path d={outline(Math.floor(shape * 4), left, top, w, h)} fill={tone(78)} />
      <path d={outline(Math.floor(shape * 4), left, top, w, h)} fill={`url(#${shade})`} />
      <path d={outline(Math.floor(width * 4), left + w - 14, floor + 32 - h * 0.55, w * 0.55, h * 0.55)} fill={tone(52)} />
      <defs>
        <linearGradient id={shade}>
          <stop offset="0" stopColor="white" stopOpacity=".22" />
          <stop offset=".5" stopColor="white" stopOpacity="0" />
          <stop offset="1" stopColor="black" stopOpacity=".2" />
        </linearGradient>
      </defs>
    </svg>
  )
}

/** An arch, a half disc, a ball or a block standing in the given box. */
function outline(kind: number, x: number, y: number, w: number, h: number): string {
  const bottom = y + h
  const half = w / 2
  if (kind === 0) return `M${x} ${bottom}V${y + half}a${half} ${half} 0 0 1 ${w} 0V${bottom}Z`
  if (kind === 1) return `M${x} ${bottom - half}a${half} ${half} 0 0 0 ${w} 0Z`
  if (kind === 2) return `M${x} ${bottom - half}a${half} ${half} 0 0 1 ${w} 0a${half} ${half} 0 0 1 ${-w} 0Z`
  return `M${x} ${y + h * 0.12}H${x + w}V${bottom}H${x}Z`
}

/** Seven numbers from 0 to 1 that are always the same for the same seed (FNV-1a, then xorshift). */
function sequence(seed: string): number[] {
  let state = 2166136261
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16777619)
  return Array.from({ length: 7 }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4294967296
  })
}
