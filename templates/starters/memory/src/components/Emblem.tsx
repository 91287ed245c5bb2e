const PETALS = [3, 4, 5, 6, 7, 8, 9, 12]

/** A rosette whose shape and hue belong to a pair, so that two cards can be matched at a glance. */
export function Emblem({ index }: { index: number }) {
  const petals = PETALS[index % PETALS.length]!
  const hue = (index * 137 + 20) % 360
  const reach = 20 + ((index * 5) % 9)
  return (
    <svg viewBox="-50 -50 100 100" className="h-full w-full" aria-hidden style={{ color: `hsl(${hue} 62% 46%)` }}>
      {Array.from({ length: petals }, (_, petal) => (
        <ellipse
          key={petal}
          cx={reach}
          rx={46 - reach}
          ry={Math.max(6, 46 / petals)}
          fill="currentColor"
          fillOpacity={index % 2 ? 0.55 : 0.8}
          transform={`rotate(${(360 / petals) * petal})`}
        />
      ))}
      <circle r={9 + (index % 3) * 3} fill="var(--card)" stroke="currentColor" strokeWidth="4" />
    </svg>
  )
}
