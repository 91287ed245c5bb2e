import { Pin, Plus, Search } from "lucide-react"
import { content } from "../content"
import { snippet } from "../markdown"
import type { Note } from "../useNotes"

const { app, labels } = content

export interface Query {
  text: string
  tag: string
}

interface Props {
  notes: Note[]
  total: number
  tags: string[]
  query: Query
  openId: string | null
  onQuery: (query: Query) => void
  onOpen: (id: string) => void
  onNew: () => void
}

export function Sidebar({ notes, total, tags, query, openId, onQuery, onOpen, onNew }: Props) {
  return (
    <>
      <header className="bg-header px-5 pt-5 pb-4 text-header-ink">
        <div className="flex items-start justify-between gap-3">
          <div className="min-w-0">
            <h1 className="font-serif text-2xl leading-tight font-bold [overflow-wrap:anywhere]">{app.name}</h1>
            <p className="mt-0.5 text-sm opacity-95">{app.tagline}</p>
          </div>
          <button
            className="grid size-10 shrink-0 place-items-center rounded-full bg-accent text-accent-ink hover:brightness-95"
            aria-label={labels.new}
            title={labels.new}
            onClick={onNew}
          >
            <Plus className="size-5" aria-hidden />
          </button>
        </div>
        <label className="mt-4 flex items-center gap-2 border-b-2 border-header-ink/30 pb-1.5 has-focus-visible:border-header-ink">
          <Search className="size-4 shrink-0" aria-hidden />
          <span className="sr-only">{labels.search}</span>
          <input
            type="search"
            className="min-w-0 flex-1 bg-transparent placeholder:text-header-ink/75 focus:outline-none"
            placeholder={labels.search}
            value={query.text}
            onChange={(event) => onQuery({ ...query, text: event.target.value })}
          />
        </label>
      </header>
      {tags.length > 0 && (
        <nav className="flex flex-wrap gap-x-4 gap-y-1 border-b border-line px-5 py-3 text-sm" aria-label={labels.all}>
          {["", ...tags].map((tag) => (
            <button
              key={tag}
              className="max-w-full truncate py-1 text-muted hover:text-ink aria-pressed:font-bold aria-pressed:text-accent-text"
              aria-pressed={query.tag === tag}
              onClick={() => onQuery({ ...query, tag })}
            >
              {tag ? `#${tag}` : labels.all}
            </button>
          ))}
        </nav>
      )}
      <ul className="flex-1 overflow-y-auto">
        {notes.map((note) => (
          <li key={note.id} className="border-b border-line">
            <button
              className="block w-full border-l-4 border-transparent py-3.5 pr-5 pl-4 text-left -outline-offset-4 hover:bg-surface aria-[current=true]:border-accent aria-[current=true]:bg-surface"
              aria-current={note.id === openId}
              onClick={() => onOpen(note.id)}
            >
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 truncate font-serif text-lg font-bold">{note.title || labels.untitled}</span>
                {note.pinned && <Pin className="size-3.5 shrink-0 text-accent-text" aria-label={labels.pinned} />}
              </span>
              <span className="mt-0.5 line-clamp-2 text-sm text-muted">{snippet(note.body)}</span>
            </button>
          </li>
        ))}
        {notes.length === 0 && <li className="px-5 py-8 text-muted">{total ? labels.no_match : labels.empty}</li>}
      </ul>
    </>
  )
}
