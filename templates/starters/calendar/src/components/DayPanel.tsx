import { content, toneOf } from "../content"
import { written } from "../days"
import type { Entry } from "../useEvents"

interface Props {
  day: string
  entries: Entry[]
  onRemove: (id: string) => void
}

export function DayPanel({ day, entries, onRemove }: Props) {
  const { labels } = content
  return (
    <section aria-labelledby="day">
      <h2 id="day" className="mb-3 text-xl font-semibold">
        {written(day, { weekday: "long", day: "numeric", month: "long" })}
      </h2>
      {entries.length === 0 && <p className="text-muted">{labels.free}</p>}
      <ol className="space-y-3">
        {entries.map((entry) => (
          <li key={entry.id} className="flex items-baseline gap-3">
            <time className="font-semibold tabular-nums">{entry.time}</time>
            <span className="size-3 shrink-0" style={{ background: toneOf(entry.category) }} />
            <span className="mr-auto min-w-0 [overflow-wrap:anywhere]">{entry.title}</span>
            <button
              className="py-1 text-muted underline underline-offset-4"
              aria-label={`${labels.remove}: ${entry.title}`}
              onClick={() => onRemove(entry.id)}
            >
              {labels.remove}
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
