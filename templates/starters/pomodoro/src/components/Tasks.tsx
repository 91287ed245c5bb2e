import { useState } from "react"
import { content } from "../content"
import type { Desk } from "../useDesk"

const { labels } = content
const MOST_DOTS = 8

export function Tasks({ desk }: { desk: Desk }) {
  const [title, setTitle] = useState("")
  const [planned, setPlanned] = useState(1)

  return (
    <section aria-labelledby="tasks-title">
      <h2 id="tasks-title" className="text-xl font-bold">
        {labels.tasks}
      </h2>
      <ul className="mt-3">
        {desk.tasks.map((task) => (
          <li key={task.id} className="flex items-center gap-2">
            <button
              className="my-0.5 flex min-h-13 min-w-0 flex-1 items-center justify-between gap-4 rounded-card border-2 border-transparent px-4 py-2 text-left hover:bg-surface aria-pressed:border-accent aria-pressed:bg-surface"
              aria-pressed={task.id === desk.task?.id}
              onClick={() => desk.pick(task.id)}
            >
              <span
                className={`min-w-0 [overflow-wrap:anywhere] ${task.spent >= task.planned ? "text-muted line-through" : ""}`}
              >
                {task.title}
              </span>
              <Dots spent={task.spent} planned={task.planned} />
            </button>
            <button
              className="grid size-9 shrink-0 place-items-center rounded-full text-lg text-muted hover:bg-surface hover:text-ink"
              aria-label={`${labels.remove} ${task.title}`}
              onClick={() => desk.remove(task.id)}
            >
              <span aria-hidden>×</span>
            </button>
          </li>
        ))}
        {desk.tasks.length === 0 && <li className="py-4 text-muted">{labels.empty_tasks}</li>}
      </ul>
      <form
        className="mt-3 flex flex-wrap gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (!title.trim()) return
          desk.add(title.trim(), planned)
          setTitle("")
          setPlanned(1)
        }}
      >
        <input
          className="h-12 min-w-40 flex-1 rounded-card border border-muted/60 bg-surface px-4 placeholder:text-muted"
          value={title}
          maxLength={120}
          placeholder={labels.add_task}
          aria-label={labels.add_task}
          onChange={(event) => setTitle(event.target.value)}
        />
        <input
          className="h-12 w-18 rounded-card border border-muted/60 bg-surface px-3 text-center tabular-nums"
          type="number"
          min={1}
          max={MOST_DOTS}
          value={planned}
          aria-label={labels.planned}
          title={labels.planned}
          onChange={(event) => setPlanned(Math.min(MOST_DOTS, Math.max(1, event.target.valueAsNumber || 1)))}
        />
        <button className="h-12 rounded-card bg-ink px-5 font-bold text-page hover:opacity-90">{labels.add}</button>
      </form>
    </section>
  )
}

function Dots({ spent, planned }: { spent: number; planned: number }) {
  const count = Math.min(MOST_DOTS, Math.max(spent, planned))
  return (
    <span className="flex shrink-0 gap-1">
      {Array.from({ length: count }, (_, index) => (
        <span
          key={index}
          className={`size-3 rounded-full border-2 ${index < spent ? "border-ink bg-accent" : "border-muted/60"}`}
          aria-hidden
        />
      ))}
      <span className="sr-only">{`${spent} / ${planned}`}</span>
    </span>
  )
}
