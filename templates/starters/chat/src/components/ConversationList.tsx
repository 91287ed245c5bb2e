import { Search } from "lucide-react"
import { useState } from "react"
import { content, dayName, shows, time, type Conversation } from "../content"
import { Avatar } from "./Avatar"

interface Props {
  conversations: Conversation[]
  selected: string
  onSelect: (id: string) => void
}

export function ConversationList({ conversations, selected, onSelect }: Props) {
  const [query, setQuery] = useState("")
  const wanted = query.trim().toLowerCase()
  const shown = conversations.filter((one) =>
    [one.person, one.about, ...one.messages.map((message) => message.text)].join(" ").toLowerCase().includes(wanted),
  )
  return (
    <nav aria-label={content.labels.conversations} className="flex h-full flex-col">
      <div className="bg-header px-5 pt-5 pb-4 text-header-ink">
        <h1 className="text-xl leading-tight font-bold break-words">{content.app.name}</h1>
        <p className="text-sm">{content.app.tagline}</p>
      </div>
      {shows("search") && (
        <label className="relative m-3 block">
          <span className="sr-only">{content.labels.search}</span>
          <Search size={16} aria-hidden="true" className="absolute top-1/2 left-3.5 -translate-y-1/2 text-muted" />
          <input
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            placeholder={content.labels.search}
            className="min-h-11 w-full rounded-full border border-line bg-page pr-4 pl-10 placeholder:text-muted"
          />
        </label>
      )}
      <ul className="flex-1 space-y-1 overflow-y-auto p-2">
        {shown.length === 0 && (
          <li className="px-4 py-10 text-center text-muted">
            {conversations.length ? content.labels.nothing_found : content.labels.no_conversations}
          </li>
        )}
        {shown.map((one) => {
          const last = one.messages.at(-1)
          return (
            <li key={one.id}>
              <button
                type="button"
                onClick={() => onSelect(one.id)}
                aria-current={one.id === selected ? "true" : undefined}
                className="flex w-full items-center gap-3 rounded-box p-2.5 text-left hover:bg-page aria-[current]:bg-page"
              >
                <Avatar name={one.person} />
                <span className="min-w-0 flex-1">
                  <span className="flex items-baseline justify-between gap-2">
                    <span className="truncate font-semibold">{one.person}</span>
                    {last && (
                      <span className="shrink-0 text-xs text-muted tabular-nums">
                        {dayName(last.at) === content.labels.today ? time(last.at) : dayName(last.at).split(",")[0]}
                      </span>
                    )}
                  </span>
                  <span className="flex items-center justify-between gap-2">
                    <span className={`truncate text-sm ${one.unread ? "font-medium" : "text-muted"}`}>{last?.text}</span>
                    {one.unread > 0 && (
                      <span className="grid min-w-5 shrink-0 place-items-center rounded-full bg-accent px-1.5 text-xs font-semibold text-accent-ink">
                        {one.unread}
                        <span className="sr-only"> unread</span>
                      </span>
                    )}
                  </span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
