import { content } from "../content"
import type { Hour } from "../forecast"
import { degrees, type Unit } from "../settings"

const STEP = 38
const TOP = 40
const HEIGHT = 110
const FLOOR = TOP + HEIGHT + 24

export function HourlyChart({ hours, unit }: { hours: Hour[]; unit: Unit }) {
  const values = hours.map((hour) => hour.temperature)
  const min = Math.min(...values)
  const range = Math.max(1, Math.max(...values) - min)
  const x = (index: number): number => STEP / 2 + index * STEP
  const y = (value: number): number => TOP + HEIGHT * (1 - (value - min) / range)
  const line = hours.map((hour, index) => `${index ? "L" : "M"}${x(index)} ${y(hour.temperature).toFixed(1)}`).join("")
  const width = hours.length * STEP
  const summary = `${content.labels.hourly}: ${degrees(min, unit)} – ${degrees(min + range, unit)}. ${content.labels.hourly_note}`

  return (
    <section className="panel" aria-labelledby="hourly-title">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6">
        <h2 id="hourly-title" className="text-lg font-semibold">
          {content.labels.hourly}
        </h2>
        <p className="text-sm text-muted">{content.labels.hourly_note}</p>
      </div>
      <div className="mt-3 overflow-x-auto" tabIndex={0} role="group" aria-label={content.labels.hourly}>
        <svg role="img" aria-label={summary} width={width} height={FLOOR + 34} viewBox={`0 0 ${width} ${FLOOR + 34}`} className="block text-ink">
          {hours.map((hour, index) => (
            <rect
              key={index}
              x={x(index) - 9}
              width="18"
              y={FLOOR - hour.chance * HEIGHT}
              height={hour.chance * HEIGHT}
              rx="4"
              fill="var(--accent)"
              opacity=".18"
            />
          ))}
          <path d={`M0 ${FLOOR}H${width}`} stroke="var(--line)" />
          <path d={line} fill="none" stroke="var(--accent)" strokeWidth="2.5" strokeLinejoin="round" strokeLinecap="round" />
          {hours.map((hour, index) => (
            <g key={index} textAnchor="middle" fontSize="13">
              {index % 2 === 0 && (
                <>
                  <circle cx={x(index)} cy={y(hour.temperature)} r="4" fill="var(--surface)" stroke="var(--accent)" strokeWidth="2" />
                  <text x={x(index)} y={y(hour.temperature) - 13} fill="currentColor" className="font-medium tabular-nums">
                    {degrees(hour.temperature, unit)}
                  </text>
                  <text x={x(index)} y={FLOOR + 22} fill="var(--muted)" className="tabular-nums">
                    {index === 0 ? content.labels.now : `${String(hour.hour).padStart(2, "0")}:00`}
                  </text>
                </>
              )}
            </g>
          ))}
        </svg>
      </div>
    </section>
  )
}
