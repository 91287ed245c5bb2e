import { ArrowLeft, Pin, PinOff, Trash2 } from "lucide-react"
import { useState } from "react"
import { content } from "../content"
import type { Note } from "../useNotes"
import { Reading } from "./Reading"
import { TagEditor } from "./TagEditor"

const { labels, sections } = content
const tool = "grid size-10 place-items-center rounded-full text-muted hover:bg-page hover:text-ink"
const modes = ["read", "write"] as const

interface Props {
  note: Note
  known: string[]
  onChange: (part: Partial<Note>) => void
  onDelete: () => void
  onBack: () => void
}

export function Editor({ note, known, onChange, onDelete, onBack }: Props) {
  const [mode, setMode] = useState<(typeof modes)[number]>(note.body ? "read" : "write")
  const words = note.body.split(/\s+/).filter(Boolean).length
  const PinIcon = note.pinned ? PinOff : Pin

  return (
    <article className="mx-auto flex min-h-full max-w-3xl flex-col px-5 py-4 sm:px-10 md:py-8">
      <div className="flex items-center gap-1">
        <button className={`${tool} -ml-2 md:hidden`} aria-label={labels.back} onClick={onBack}>
          <ArrowLeft className="size-5" aria-hidden />
        </button>
        <div className="mr-auto flex rounded-full bg-page p-1 text-sm">
          {modes.map((name) => (
            <button
              key={name}
              className="rounded-full px-4 py-1.5 text-muted aria-pressed:bg-surface aria-pressed:font-bold aria-pressed:text-ink aria-pressed:shadow-xs"
              aria-pressed={mode === name}
              onClick={() => setMode(name)}
            >
              {labels[name]}
            </button>
          ))}
        </div>
        <button
          className={tool}
          aria-label={note.pinned ? labels.unpin : labels.pin}
          title={note.pinned ? labels.unpin : labels.pin}
          onClick={() => onChange({ pinned: !note.pinned })}
        >
          <PinIcon className="size-4.5" aria-hidden />
        </button>
        <button className={tool} aria-label={labels.delete} title={labels.delete} onClick={onDelete}>
          <Trash2 className="size-4.5" aria-hidden />
        </button>
      </div>
      <h2 className="sr-only">{note.title || labels.untitled}</h2>
      <textarea
        className="mt-8 field-sizing-content w-full resize-none bg-transparent font-serif text-4xl leading-tight font-bold tracking-tight placeholder:text-muted/70 focus:outline-none sm:text-5xl"
        rows={1}
        value={note.title}
        placeholder={labels.untitled}
        aria-label={labels.title}
        autoFocus={!note.title && !note.body}
        onChange={(event) => onChange({ title: event.target.value.replace(/\n/g, " ") })}
      />
      <div className="mt-4 mb-8">
        <TagEditor tags={note.tags} known={known} onTags={(tags) => onChange({ tags })} />
      </div>
      {mode === "read" ? (
        <div className="flex-1" onDoubleClick={() => setMode("write")}>
          <Reading body={note.body} onBody={(body) => onChange({ body })} />
        </div>
      ) : (
        <textarea
          className="min-h-72 w-full flex-1 resize-none bg-transparent font-serif text-lg leading-relaxed placeholder:text-muted focus:outline-none"
          value={note.body}
          placeholder={labels.body}
          aria-label={labels.write}
          onChange={(event) => onChange({ body: event.target.value })}
        />
      )}
      {sections.includes("stats") && (
        <p className="mt-10 border-t border-line pt-3 text-sm text-muted tabular-nums">
          {labels.edited} {new Date(note.edited).toLocaleDateString("en", { day: "numeric", month: "long" })} · {words}{" "}
          {labels.words}
        </p>
      )}
    </article>
  )
}
