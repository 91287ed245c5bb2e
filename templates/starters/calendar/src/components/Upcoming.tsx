import { content, toneOf } from "../content"
import { soon, written } from "../days"
import type { Entry } from "../useEvents"

const SHOWN = 6

export function Upcoming({ entries, onChoose }: { entries: Entry[]; onChoose: (day: string) => void }) {
  const { labels } = content
  return (
    <section aria-labelledby="upcoming">
      <h2 id="upcoming" className="mb-3 text-xl font-semibold">
        {labels.upcoming}
      </h2>
      {entries.length === 0 && <p className="text-muted">{labels.none}</p>}
      <ol className="grid gap-x-8 sm:grid-cols-2 lg:grid-cols-3">
        {entries.slice(0, SHOWN).map((entry) => (
          <li key={entry.id} className="border-t border-line">
            <button className="flex w-full gap-4 py-3 text-left hover:bg-surface" onClick={() => onChoose(entry.day)}>
              <span className="w-12 shrink-0 border-l-8 pl-2" style={{ borderColor: toneOf(entry.category) }}>
                <span className="block text-2xl leading-none tabular-nums">{Number(entry.day.slice(-2))}</span>
                <span className="text-sm text-muted">{written(entry.day, { month: "short" })}</span>
              </span>
              <span className="min-w-0">
                <span className="block font-semibold [overflow-wrap:anywhere]">{entry.title}</span>
                <span className="text-muted">
                  {entry.time}, {soon(entry.day)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
