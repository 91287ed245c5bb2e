import { GripVertical } from "lucide-react"
import type { KeyboardEvent, PointerEvent } from "react"
import { content, tagColor } from "../content"
import type { Card } from "../useBoard"
import { Avatar } from "./Avatar"

interface Props {
  card: Card
  lifted?: boolean
  onOpen?: () => void
  onKey?: (event: KeyboardEvent) => void
  onPointerDown?: (event: PointerEvent<HTMLElement>) => void
}

export function CardView({ card, lifted, onOpen, onKey, onPointerDown }: Props) {
  const tag = content.tags.find((entry) => entry.id === card.tag)
  return (
    <article
      data-card={card.id}
      className={`relative cursor-grab rounded-card border border-line bg-surface py-2.5 pr-2 pl-4 shadow-xs select-none ${lifted ? "opacity-35" : ""}`}
      onPointerDown={onPointerDown}
    >
      <span
        className="absolute top-2.5 bottom-2.5 left-1.5 w-1 rounded-full"
        style={{ background: tagColor(card.tag) }}
        aria-hidden
      />
      <div className="flex items-start gap-1">
        <button
          className="min-w-0 flex-1 py-0.5 text-left leading-snug font-medium [overflow-wrap:anywhere] hover:underline"
          onClick={onOpen}
        >
          {card.title}
        </button>
        <button
          id={`grip-${card.id}`}
          data-handle
          className="grid size-8 shrink-0 cursor-grab touch-none place-items-center rounded-card text-muted hover:bg-page hover:text-ink"
          aria-label={`Move ${card.title}`}
          aria-describedby="move-hint"
          onKeyDown={onKey}
        >
          <GripVertical className="size-4" aria-hidden />
        </button>
      </div>
      {card.note && <p className="mt-1 line-clamp-2 text-sm text-muted">{card.note}</p>}
      <footer className="mt-1.5 flex min-h-7 items-center justify-between gap-2 pr-1 text-xs text-muted">
        <span className="min-w-0 truncate">{tag?.name}</span>
        <Avatar id={card.owner} />
      </footer>
    </article>
  )
}
