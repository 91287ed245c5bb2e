import { Check, Pencil, Trash2 } from "lucide-react"
import { useRef, useState } from "react"
import { content } from "../content"
import type { Task } from "../useTasks"

interface Props {
  task: Task
  onToggle: () => void
  onRename: (title: string) => void
  onRemove: () => void
}

const iconButton =
  "grid size-9 place-items-center rounded-full text-muted hover:bg-page hover:text-ink sm:opacity-0 sm:group-focus-within:opacity-100 sm:group-hover:opacity-100"

export function TaskRow({ task, onToggle, onRename, onRemove }: Props) {
  const [editing, setEditing] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const list = content.lists.find((entry) => entry.id === task.list)

  function finish(title: string) {
    if (title.trim() && title.trim() !== task.title) onRename(title.trim())
    setEditing(false)
  }

  return (
    <li className="rise group flex min-h-14 items-center gap-5 border-t border-line py-1.5 pr-3 pl-3.5">
      <label className="relative grid size-6 shrink-0 cursor-pointer place-items-center">
        <input
          type="checkbox"
          className="peer absolute -inset-2 m-0 size-10 cursor-pointer appearance-none rounded-full"
          checked={task.done}
          onChange={onToggle}
          aria-label={task.title}
        />
        <span className="pointer-events-none absolute inset-0 rounded-full border-2 border-muted peer-checked:border-accent peer-checked:bg-accent" />
        <Check
          className="pointer-events-none relative size-4 text-accent-ink opacity-0 peer-checked:opacity-100"
          strokeWidth={3}
          aria-hidden
        />
      </label>
      {editing ? (
        <input
          className="min-w-0 flex-1 border-b-2 border-accent bg-transparent py-1 text-lg focus:outline-none"
          defaultValue={task.title}
          aria-label={`Edit ${task.title}`}
          autoFocus
          maxLength={200}
          onBlur={(event) => finish(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.value = task.title
            if (event.key !== "Escape" && event.key !== "Enter") return
            event.preventDefault() // The key would press the button that gets the focus.
            editButton.current?.focus()
          }}
        />
      ) : (
        <div
          className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 pl-1"
          onDoubleClick={() => setEditing(true)}
        >
          <span
            className={`min-w-0 text-lg leading-snug [overflow-wrap:anywhere] ${task.done ? "text-muted line-through" : ""}`}
          >
            {task.title}
          </span>
          {list && <span className="text-sm text-muted">{list.name}</span>}
        </div>
      )}
      <div className="flex shrink-0">
        <button
          ref={editButton}
          className={iconButton}
          onClick={() => setEditing(true)}
          aria-label={`Edit ${task.title}`}
        >
          <Pencil className="size-4" aria-hidden />
        </button>
        <button className={iconButton} onClick={onRemove} aria-label={`Remove ${task.title}`}>
          <Trash2 className="size-4" aria-hidden />
        </button>
      </div>
    </li>
  )
}
