import { useState, type KeyboardEvent, type ReactNode } from "react"
import { Activity } from "./components/Activity"
import { BoardHeader, type Filter } from "./components/BoardHeader"
import { BoardStats } from "./components/BoardStats"
import { CardDialog } from "./components/CardDialog"
import { CardView } from "./components/CardView"
import { Lane } from "./components/Lane"
import { content } from "./content"
import { useBoard, type Card } from "./useBoard"
import { useDrag } from "./useDrag"

const { columns, labels, sections } = content

export default function App() {
  const board = useBoard()
  const [filter, setFilter] = useState<Filter>({ text: "", owner: "" })
  const [open, setOpen] = useState<Card | string | null>(null)
  const [said, setSaid] = useState("")
  const { drag, start } = useDrag((id, { column, before }) => setSaid(board.move(id, column, before)))

  const text = filter.text.trim().toLowerCase()
  const shown = board.cards.filter(
    (card) =>
      (!filter.owner || card.owner === filter.owner) &&
      `${card.title} ${card.note}`.toLowerCase().includes(text),
  )
  const dragged = drag && board.cards.find((card) => card.id === drag.id)

  /** Arrow keys on a card's handle: left and right change the column, up and down the place. */
  function moveByKey(card: Card, event: KeyboardEvent) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    const peers = shown.filter((other) => other.column === card.column)
    const at = peers.indexOf(card)
    let target: { column: string; before: string | null } | undefined
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const column = columns[columns.findIndex(({ id }) => id === card.column) + step]
      const first = shown.find((other) => other.column === column?.id)
      if (column) target = { column: column.id, before: first?.id ?? null }
    } else if (peers[at + step]) {
      // Down means before the one after the next, which may be the end.
      const before = step < 0 ? peers[at - 1] : peers[at + 2]
      target = { column: card.column, before: before?.id ?? null }
    }
    if (!target) return
    setSaid(board.move(card.id, target.column, target.before))
    requestAnimationFrame(() => document.getElementById(`grip-${card.id}`)?.focus())
  }

  const strips: Record<string, ReactNode> = {
    stats: <BoardStats key="stats" cards={board.cards} />,
    activity: <Activity key="activity" moves={board.moves} />,
  }

  return (
    <div className="flex min-h-screen flex-col">
      <BoardHeader filter={sections.includes("filters") ? filter : null} onFilter={setFilter} />
      <main className="flex flex-1 flex-col">
        {sections.map((name) => strips[name])}
        <div data-board className={`flex flex-1 gap-5 overflow-x-auto px-4 py-5 sm:px-6 ${drag ? "" : "snap-x"}`}>
          {columns.map((column) => (
            <Lane
              key={column.id}
              column={column}
              cards={shown.filter((card) => card.column === column.id)}
              filtered={shown.length < board.cards.length}
              drag={drag}
              onAdd={() => setOpen(column.id)}
              onOpen={setOpen}
              onKey={moveByKey}
              onDrag={start}
            />
          ))}
        </div>
        <p id="move-hint" className="px-4 pb-4 text-sm text-muted sm:px-6">
          {labels.hint}
        </p>
      </main>
      <p className="sr-only" aria-live="polite">
        {said}
      </p>
      {drag && dragged && (
        <div
          className="pointer-events-none fixed top-0 left-0 z-10 rotate-2 opacity-90 drop-shadow-xl"
          style={{ width: drag.width, translate: `${drag.x}px ${drag.y}px` }}
          aria-hidden
        >
          <CardView card={dragged} />
        </div>
      )}
      {open !== null && (
        <CardDialog
          card={open}
          onClose={() => setOpen(null)}
          onSave={(draft) => {
            if (typeof open === "string") board.add(draft)
            else board.edit(open.id, draft)
            setOpen(null)
          }}
          onDelete={() => {
            if (typeof open !== "string") board.remove(open.id)
            setOpen(null)
          }}
        />
      )}
    </div>
  )
}
