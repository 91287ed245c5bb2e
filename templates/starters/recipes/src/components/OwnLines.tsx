import { useState, type FormEvent } from "react"
import { content, type Entry } from "../content"
import { setLines, useKept } from "../lib/keeping"

/** A list that the person writes, for entries that came without one. */
export function OwnLines({ entry }: { entry: Entry }) {
  const lines = useKept().lines[entry.id] ?? []
  const [text, setText] = useState("")

  const add = (event: FormEvent): void => {
    event.preventDefault()
    if (text.trim()) setLines(entry.id, [...lines, text.trim()])
    setText("")
  }

  return (
    <section aria-labelledby="lines-title">
      <h2 id="lines-title" className="text-2xl">
        {content.labels.parts}
      </h2>
      <ul className="mt-4 divide-y divide-line border-y border-line" aria-live="polite">
        {lines.length === 0 && <li className="py-4 text-muted">{content.labels.no_parts}</li>}
        {lines.map((line, index) => (
          <li key={index} className="flex items-center justify-between gap-3 py-1">
            <span className="min-w-0 break-words">{line}</span>
            <button
              type="button"
              aria-label={`${content.labels.remove}: ${line}`}
              className="min-h-11 px-2 text-sm text-muted hover:underline"
              onClick={() => setLines(entry.id, lines.filter((_, other) => other !== index))}
            >
              {content.labels.remove}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="mt-4 flex gap-2">
        <label className="min-w-0 flex-1">
          <span className="sr-only">{content.labels.add_part}</span>
          <input
            value={text}
            placeholder={content.labels.add_part}
            onChange={(event) => setText(event.target.value)}
            className="min-h-11 w-full rounded-box border border-line bg-surface px-3 placeholder:text-muted"
          />
        </label>
        <button type="submit" className="min-h-11 rounded-box bg-accent px-5 font-semibold text-accent-ink">
          {content.labels.add}
        </button>
      </form>
    </section>
  )
}
