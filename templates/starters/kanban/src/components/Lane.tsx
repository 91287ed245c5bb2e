import { Plus } from "lucide-react"
import { Fragment, type KeyboardEvent, type PointerEvent } from "react"
import { content, type Named } from "../content"
import type { Card } from "../useBoard"
import type { Drag } from "../useDrag"
import { CardView } from "./CardView"

const { labels } = content

interface Props {
  column: Named
  cards: Card[]
  filtered: boolean
  drag: Drag | null
  onAdd: () => void
  onOpen: (card: Card) => void
  onKey: (card: Card, event: KeyboardEvent) => void
  onDrag: (id: string, event: PointerEvent<HTMLElement>) => void
}

export function Lane({ column, cards, filtered, drag, onAdd, onOpen, onKey, onDrag }: Props) {
  const target = drag?.target?.column === column.id ? drag.target : null
  const mark = <li className="h-1 rounded-full bg-accent" aria-hidden />

  return (
    <section
      data-column={column.id}
      aria-label={column.name}
      className={`flex min-h-64 w-[82vw] max-w-96 shrink-0 snap-center flex-col border-t-4 pt-3 sm:w-72 lg:w-auto lg:max-w-none lg:min-w-56 lg:flex-1 lg:shrink ${target ? "border-accent" : "border-ink/70"}`}
    >
      <header className="mb-3 flex items-center gap-2">
        <h2 className="min-w-0 truncate font-bold">{column.name}</h2>
        <span className="mr-auto text-muted tabular-nums">{cards.length}</span>
        <button
          className="grid size-8 place-items-center rounded-card text-muted hover:bg-surface hover:text-ink"
          aria-label={`${labels.add_card}: ${column.name}`}
          onClick={onAdd}
        >
          <Plus className="size-4.5" aria-hidden />
        </button>
      </header>
      <ul className="flex flex-1 flex-col gap-2">
        {cards.map((card) => (
          <Fragment key={card.id}>
            {target?.before === card.id && mark}
            <li>
              <CardView
                card={card}
                lifted={drag?.id === card.id}
                onOpen={() => onOpen(card)}
                onKey={(event) => onKey(card, event)}
                onPointerDown={(event) => onDrag(card.id, event)}
              />
            </li>
          </Fragment>
        ))}
        {target?.before === null && mark}
        {cards.length === 0 && !target && (
          <li className="rounded-card border border-dashed border-muted/50 px-4 py-6 text-center text-sm text-muted">
            {filtered ? labels.no_match : labels.empty}
          </li>
        )}
        <li>
          <button
            className="w-full rounded-card px-3 py-2 text-left text-sm text-muted hover:bg-surface hover:text-ink"
            onClick={onAdd}
          >
            + {labels.add_card}
          </button>
        </li>
      </ul>
    </section>
  )
}
