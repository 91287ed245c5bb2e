import { content, formatDay, formatMoney, type Kept } from "../content"
import { split } from "../split"

interface Props {
  entries: Kept[]
  onUse: (entry: Kept) => void
  onRemove: (id: string) => void
}

export function History({ entries, onUse, onRemove }: Props) {
  return (
    <section aria-labelledby="history-title" className="mt-12">
      <h2 id="history-title" className="text-2xl">
        {content.labels.history}
      </h2>
      {entries.length === 0 ? (
        <p className="mt-3 border-t border-line py-6 text-muted">{content.labels.history_empty}</p>
      ) : (
        <ul className="mt-3 divide-y divide-line border-y border-line">
          {entries.map((entry) => {
            const { total, shares } = split(entry.bill, entry.tip, entry.people, false)
            return (
              <li key={entry.id} className="flex flex-wrap items-center gap-x-6 gap-y-1 py-3">
                <div className="min-w-0 flex-1 basis-48">
                  <p className="leading-tight break-words">{entry.name || formatDay(entry.at)}</p>
                  <p className="text-base text-muted">
                    {formatDay(entry.at)} · {formatMoney(total)} · {entry.tip}%
                  </p>
                </div>
                <p className="font-figures">
                  {entry.people} × {formatMoney(shares[0] ?? 0)}
                </p>
                <div className="flex gap-3 text-base">
                  <button type="button" className="min-h-11 underline underline-offset-4" aria-label={`${content.labels.again}: ${entry.name}`} onClick={() => onUse(entry)}>
                    {content.labels.again}
                  </button>
                  <button type="button" className="min-h-11 text-muted hover:underline" aria-label={`${content.labels.remove}: ${entry.name}`} onClick={() => onRemove(entry.id)}>
                    {content.labels.remove}
                  </button>
                </div>
              </li>
            )
          })}
        </ul>
      )}
    </section>
  )
}
