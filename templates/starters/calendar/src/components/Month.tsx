import { content, toneOf } from "../content"
import { monthOf, sheet, today, written } from "../days"
import type { Entry } from "../useEvents"

interface Props {
  month: string
  chosen: string
  entries: Entry[]
  onChoose: (day: string) => void
  onMonth: (month: string) => void
}

const SHOWN = 2

export function Month({ month, chosen, entries, onChoose, onMonth }: Props) {
  const { labels } = content
  const days = sheet(month)
  return (
    <section aria-labelledby="month">
      <div className="mb-4 flex items-center gap-2">
        <h2 id="month" aria-live="polite" className="mr-auto text-3xl font-light">
          {written(month, { month: "long", year: "numeric" })}
        </h2>
        <button className="step" aria-label={labels.previous} onClick={() => onMonth(monthOf(month, -1))}>
          ‹
        </button>
        <button className="step" onClick={() => onChoose(today())}>
          {labels.today}
        </button>
        <button className="step" aria-label={labels.following} onClick={() => onMonth(monthOf(month, 1))}>
          ›
        </button>
      </div>
      <ol className="grid grid-cols-7 border-t border-l border-line">
        {days.slice(0, 7).map((day) => (
          <li key={day} aria-hidden className="border-r border-b border-line bg-surface px-2 py-1 text-sm text-muted">
            {written(day, { weekday: "short" })}
          </li>
        ))}
        {days.map((day) => {
          const mine = entries.filter((entry) => entry.day === day)
          const outside = monthOf(day) !== month
          return (
            <li key={day} className="border-r border-b border-line">
              <button
                aria-pressed={day === chosen}
                aria-label={`${written(day, { day: "numeric", month: "long" })}, ${mine.length}`}
                className={`flex h-16 w-full flex-col gap-1 p-1.5 text-left sm:h-28 ${
                  day === chosen ? "bg-accent text-accent-ink" : outside ? "bg-surface text-muted" : "hover:bg-surface"
                }`}
                onClick={() => onChoose(day)}
              >
                <span className={`text-sm tabular-nums ${day === today() ? "font-extrabold underline decoration-2" : ""}`}>
                  {Number(day.slice(-2))}
                </span>
                {mine.slice(0, SHOWN).map((entry) => (
                  <span key={entry.id} className="event" style={{ background: toneOf(entry.category) }}>
                    <span className="hidden truncate sm:block">{entry.title}</span>
                  </span>
                ))}
                {mine.length > SHOWN && <span className="text-xs max-sm:hidden">+{mine.length - SHOWN}</span>}
              </button>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
