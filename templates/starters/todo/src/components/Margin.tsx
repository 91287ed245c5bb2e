import type { ReactNode } from "react"
import { content } from "../content"
import type { Task } from "../useTasks"

const { labels, lists, note } = content

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-t-2 border-ink/80 pt-3">
      <h2 className="mb-3 font-serif text-lg font-semibold">{title}</h2>
      {children}
    </section>
  )
}

export function Progress({ tasks }: { tasks: Task[] }) {
  const done = tasks.filter((task) => task.done).length
  const share = tasks.length ? Math.round((100 * done) / tasks.length) : 0
  return (
    <Block title={labels.progress}>
      <div
        className="h-2 overflow-hidden rounded-full bg-line"
        role="progressbar"
        aria-label={labels.progress}
        aria-valuenow={share}
      >
        <div
          className="h-full rounded-full bg-accent motion-safe:transition-[width]"
          style={{ width: `${share}%` }}
        />
      </div>
      <p className="mt-2 text-sm text-muted tabular-nums">
        {tasks.length > 0 && done === tasks.length
          ? labels.all_done
          : `${done} of ${tasks.length} · ${share}%`}
      </p>
    </Block>
  )
}

interface ListsProps {
  tasks: Task[]
  selected: string
  onSelect: (list: string) => void
}

export function Lists({ tasks, selected, onSelect }: ListsProps) {
  const open = tasks.filter((task) => !task.done)
  const rows = [{ id: "", name: labels.everything }, ...lists]
  return (
    <Block title={labels.lists}>
      <ul className="-mx-2">
        {rows.map(({ id, name }) => (
          <li key={id}>
            <button
              className="flex w-full items-baseline justify-between gap-3 rounded-card px-2 py-1.5 text-left hover:bg-surface aria-pressed:bg-surface aria-pressed:font-semibold aria-pressed:text-accent-text"
              aria-pressed={selected === id}
              onClick={() => onSelect(id)}
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
              <span className="text-sm font-normal text-muted tabular-nums">
                {open.filter((task) => !id || task.list === id).length}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Block>
  )
}

export function Note() {
  return (
    <Block title={note.title}>
      <p className="font-serif text-lg leading-relaxed text-pretty text-muted italic">{note.text}</p>
    </Block>
  )
}
