import { useState } from "react"
import { content } from "../content"

const { labels, lists } = content

interface Props {
  list: string
  onAdd: (title: string, list: string) => void
}

/** A new task goes to the list that is being looked at, or the one picked here. */
export function AddTask({ list, onAdd }: Props) {
  const [title, setTitle] = useState("")
  const [picked, setPicked] = useState(lists[0]?.id ?? "")
  const target = list || picked

  return (
    <form
      className="flex flex-wrap items-center gap-2 py-4 pr-4 pl-16 sm:pr-6"
      onSubmit={(event) => {
        event.preventDefault()
        if (!title.trim()) return
        onAdd(title.trim(), target)
        setTitle("")
      }}
    >
      <input
        className="min-w-full flex-1 border-b-2 border-line bg-transparent py-2 font-serif text-xl sm:min-w-40 placeholder:text-muted focus:border-accent focus:outline-none"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        placeholder={labels.new_task}
        aria-label={labels.new_task}
        maxLength={200}
      />
      {!list && lists.length > 1 && (
        <select
          className="h-10 min-w-0 flex-1 truncate rounded-card border border-line bg-surface px-2 text-sm sm:max-w-36 sm:flex-none"
          value={picked}
          onChange={(event) => setPicked(event.target.value)}
          aria-label={labels.list}
        >
          {lists.map((entry) => (
            <option key={entry.id} value={entry.id}>
              {entry.name}
            </option>
          ))}
        </select>
      )}
      <button className="h-10 rounded-card bg-accent px-5 font-semibold text-accent-ink hover:brightness-95">
        {labels.add}
      </button>
    </form>
  )
}
