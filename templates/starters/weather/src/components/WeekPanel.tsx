import { conditions, content } from "../content"
import type { Day } from "../forecast"
import { degrees, type Unit } from "../settings"
import { Sky } from "./Sky"

const weekday = new Intl.DateTimeFormat("en", { weekday: "long" })

export function WeekPanel({ days, unit }: { days: Day[]; unit: Unit }) {
  const min = Math.min(...days.map((day) => day.low))
  const range = Math.max(1, Math.max(...days.map((day) => day.high)) - min)
  const share = (value: number): number => ((value - min) / range) * 100
  const name = (offset: number): string =>
    offset === 0 ? content.labels.today : weekday.format(Date.now() + offset * 86_400_000)

  return (
    <section className="panel" aria-labelledby="daily-title">
      <h2 id="daily-title" className="text-lg font-semibold">
        {content.labels.daily}
      </h2>
      <ul className="mt-2 divide-y divide-line">
        {days.map((day) => (
          <li key={day.offset} className="grid grid-cols-[6.5rem_3.5rem_1fr] items-center gap-3 py-3 tabular-nums">
            <span className="truncate">{name(day.offset)}</span>
            <span className="flex items-center gap-1.5 text-sm text-muted">
              <Sky condition={day.condition} className="size-6 shrink-0 text-ink" />
              <span className="sr-only">{conditions[day.condition].name}</span>
              {Math.round(day.chance * 20) * 5}%
            </span>
            <span className="grid grid-cols-[2.5rem_1fr_2.5rem] items-center gap-2">
              <span className="text-right text-muted">{degrees(day.low, unit)}</span>
              <span className="relative h-1.5 rounded-full bg-line" aria-hidden="true">
                <span
                  className="absolute inset-y-0 rounded-full bg-accent"
                  style={{ left: `${share(day.low)}%`, right: `${100 - share(day.high)}%` }}
                />
              </span>
              <span>{degrees(day.high, unit)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
