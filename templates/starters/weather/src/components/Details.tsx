import { content } from "../content"
import type { Forecast } from "../forecast"

export function Details({ forecast }: { forecast: Forecast }) {
  const { labels } = content
  const chance = Math.round((forecast.hours[0]?.chance ?? 0) * 100)
  const entries = [
    { label: labels.wind, value: `${forecast.wind} km/h`, level: Math.min(1, forecast.wind / 60) },
    { label: labels.humidity, value: `${forecast.humidity} %`, level: forecast.humidity / 100 },
    { label: labels.chance, value: `${chance} %`, level: chance / 100 },
  ]
  return (
    <section className="panel flex flex-col" aria-labelledby="details-title">
      <h2 id="details-title" className="text-lg font-semibold">
        {labels.details}
      </h2>
      <ul className="mt-5 grid flex-1 grid-cols-2 content-around gap-5">
        {entries.map(({ label, value, level }) => (
          <li key={label} className="flex items-center gap-3">
            <Dial level={level} />
            <p className="text-lg leading-snug tabular-nums">
              <span className="block text-sm text-muted">{label}</span>
              {value}
            </p>
          </li>
        ))}
        <li className="text-lg leading-snug tabular-nums">
          <span className="block text-sm text-muted">{labels.sun}</span>
          {forecast.sunrise} – {forecast.sunset}
        </li>
      </ul>
    </section>
  )
}

/** Three quarters of a circle, filled from 0 to 1. */
function Dial({ level }: { level: number }) {
  const arc = "M9.2 30.8A15 15 0 1 1 30.8 30.8"
  return (
    <svg viewBox="0 0 40 40" className="size-12 shrink-0" fill="none" strokeWidth="4" strokeLinecap="round" aria-hidden="true">
      <path d={arc} stroke="var(--line)" />
      <path d={arc} pathLength="100" strokeDasharray={`${Math.max(1, level * 100)} 200`} stroke="var(--accent)" />
    </svg>
  )
}
