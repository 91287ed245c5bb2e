/** The bill as a wheel with one slice for each person; the outer ring is the tip. */
export function Wheel({ people, tipShare }: { people: number; tipShare: number }) {
  const gap = people > 1 ? 2.5 : 0
  const point = (degrees: number, radius: number): string => {
    const radians = ((degrees - 90) * Math.PI) / 180
    return `${(100 + radius * Math.cos(radians)).toFixed(2)} ${(100 + radius * Math.sin(radians)).toFixed(2)}`
  }
  const inner = 34
  const outer = 94
  // The ring's width follows the tip's share of the total: a tip of 20 % takes a sixth of the slice.
  const edge = outer - (outer - inner) * Math.min(0.6, tipShare)
  const slice = (index: number, from: number, to: number): string => {
    const start = (360 / people) * index + gap / 2
    const end = (360 / people) * (index + 1) - gap / 2 - (people === 1 ? 0.01 : 0)
    const large = end - start > 180 ? 1 : 0
    return `M${point(start, from)}L${point(start, to)}A${to} ${to} 0 ${large} 1 ${point(end, to)}L${point(end, from)}A${from} ${from} 0 ${large} 0 ${point(start, from)}Z`
  }
  return (
    <svg viewBox="0 0 200 200" className="mx-auto w-full max-w-64" aria-hidden="true">
      {Array.from({ length: people }, (_, index) => (
        <g key={`${people}-${index}`} className="slice">
          <path d={slice(index, inner, edge)} fill="currentColor" opacity={index % 2 ? 0.72 : 0.88} />
          {tipShare > 0 && <path d={slice(index, edge + 1.5, outer)} fill="currentColor" opacity=".38" />}
        </g>
      ))}
      <text x="100" y="110" textAnchor="middle" fontSize="30" fill="currentColor" className="font-figures">
        {people}
      </text>
    </svg>
  )
}
