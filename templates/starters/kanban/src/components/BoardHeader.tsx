import { Search } from "lucide-react"
import { content } from "../content"
import { Avatar } from "./Avatar"

const { app, labels, people } = content

export interface Filter {
  text: string
  owner: string
}

interface Props {
  filter: Filter | null
  onFilter: (filter: Filter) => void
}

export function BoardHeader({ filter, onFilter }: Props) {
  return (
    <header className="flex flex-wrap items-center gap-x-8 gap-y-3 bg-header px-4 py-4 text-header-ink sm:px-6">
      <div className="mr-auto min-w-0">
        <h1 className="text-xl font-bold tracking-tight [overflow-wrap:anywhere]">{app.name}</h1>
        <p className="text-sm opacity-95">{app.tagline}</p>
      </div>
      {filter && (
        <div className="flex w-full flex-wrap items-center gap-3 sm:w-auto">
          <div className="flex -space-x-1" role="group" aria-label={labels.owner}>
            {people.map(({ id }) => (
              <button
                key={id}
                className="rounded-full border-2 border-header aria-pressed:z-1 aria-pressed:border-header-ink"
                aria-pressed={filter.owner === id}
                onClick={() => onFilter({ ...filter, owner: filter.owner === id ? "" : id })}
              >
                <Avatar id={id} />
              </button>
            ))}
          </div>
          <label className="flex min-w-0 flex-1 items-center gap-2 rounded-card border border-header-ink/35 px-3 has-focus-visible:border-header-ink sm:w-60">
            <Search className="size-4 shrink-0 opacity-95" aria-hidden />
            <span className="sr-only">{labels.search}</span>
            <input
              type="search"
              className="h-9 min-w-0 flex-1 bg-transparent placeholder:text-header-ink/70 focus:outline-none"
              placeholder={labels.search}
              value={filter.text}
              onChange={(event) => onFilter({ ...filter, text: event.target.value })}
            />
          </label>
        </div>
      )}
    </header>
  )
}
