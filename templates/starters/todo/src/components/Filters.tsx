import { content } from "../content"

export type Filter = "all" | "open" | "done"

const { labels } = content
const filters: Filter[] = ["all", "open", "done"]

interface Props {
  filter: Filter
  counts: Record<Filter, number>
  onFilter: (filter: Filter) => void
  onClear: () => void
}

export function Filters({ filter, counts, onFilter, onClear }: Props) {
  return (
    <div className="flex min-h-14 flex-wrap items-center justify-between gap-2 border-t border-line py-2 pr-4 pl-16 text-sm">
      <div className="-ml-2 flex gap-1" role="group" aria-label="Show">
        {filters.map((name) => (
          <button
            key={name}
            className="border-b-2 border-transparent px-2 py-1.5 text-muted hover:text-ink aria-pressed:border-accent aria-pressed:font-semibold aria-pressed:text-ink"
            aria-pressed={filter === name}
            onClick={() => onFilter(name)}
          >
            {labels[name]} <span className="font-normal tabular-nums">{counts[name]}</span>
          </button>
        ))}
      </div>
      {counts.done > 0 && (
        <button
          className="px-2 py-1.5 text-muted underline decoration-line underline-offset-4 hover:text-ink"
          onClick={onClear}
        >
          {labels.clear}
        </button>
      )}
    </div>
  )
}
