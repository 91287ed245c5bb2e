import { content } from "../content"
import type { Card } from "../useBoard"

const { columns, labels } = content

/** One bar, split by column; the last column is what is finished. */
export function BoardStats({ cards }: { cards: Card[] }) {
  const count = (column: string) => cards.filter((card) => card.column === column).length
  const last = columns.at(-1)
  const done = last ? count(last.id) : 0

  return (
    <section className="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 pt-4 text-sm text-muted tabular-nums sm:px-6">
      <p>
        <strong className="text-ink">{cards.length}</strong> {labels.cards},{" "}
        <strong className="text-ink">{done}</strong> {labels.finished}
      </p>
      <div className="flex h-1.5 min-w-40 flex-1 gap-0.5 overflow-hidden rounded-full" aria-hidden>
        {columns.map(({ id }, index) => (
          <span
            key={id}
            className="bg-accent motion-safe:transition-[flex-grow]"
            style={{ flexGrow: count(id), opacity: (index + 1) / columns.length }}
          />
        ))}
      </div>
    </section>
  )
}
