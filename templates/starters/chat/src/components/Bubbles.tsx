import { useEffect, useRef } from "react"
import { content, dayName, time, type Message } from "../content"

interface Props {
  messages: Message[]
  person: string
  typing: boolean
}

export function Bubbles({ messages, person, typing }: Props) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // In braces: newer browsers return a promise here, which is no clean-up function.
    end.current?.scrollIntoView({ block: "end" })
  }, [messages.length, typing])

  return (
    // Focusable so that the history can be scrolled with the keyboard alone.
    <div role="log" tabIndex={0} aria-label={person} className="flex-1 overflow-y-auto px-4 py-5 sm:px-8">
      <ol className="mx-auto flex min-h-full max-w-3xl flex-col justify-end">
        {messages.length === 0 && <li className="my-auto text-center text-muted">{content.labels.empty}</li>}
        {messages.map((message, index) => {
          const before = messages[index - 1]
          const newDay = !before || dayName(before.at) !== dayName(message.at)
          const sameSide = !newDay && before.from === message.from
          return (
            <li key={message.id} className={sameSide ? "mt-1" : "mt-4"}>
              {newDay && <p className="mb-4 text-center text-xs text-muted">{dayName(message.at)}</p>}
              <Bubble message={message} person={person} />
            </li>
          )
        })}
        <li className="mt-3 h-8" aria-live="polite">
          {typing && (
            <span className="typing inline-flex h-8 items-center rounded-full border border-line bg-surface px-3">
              <i /> <i /> <i />
              <span className="sr-only">{content.labels.typing.replace("{person}", person)}</span>
            </span>
          )}
        </li>
      </ol>
      <div ref={end} />
    </div>
  )
}

function Bubble({ message, person }: { message: Message; person: string }) {
  const mine = message.from === "me"
  return (
    <div className={`flex flex-col ${mine ? "items-end" : "items-start"}`}>
      <p
        className={`arrives max-w-[min(34rem,85%)] rounded-box px-4 py-2.5 leading-relaxed break-words whitespace-pre-wrap ${
          mine ? "rounded-br-sm bg-accent text-accent-ink" : "rounded-bl-sm border border-line bg-surface"
        }`}
      >
        <span className="sr-only">{mine ? content.me : person}: </span>
        {message.text}
      </p>
      <p className="mt-0.5 px-1 text-xs text-muted tabular-nums">
        {time(message.at)}
        {message.sample && ` · ${content.labels.sample}`}
      </p>
    </div>
  )
}
