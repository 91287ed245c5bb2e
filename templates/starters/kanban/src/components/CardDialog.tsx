import { useEffect, useId, useRef, type ReactNode } from "react"
import { content, type Named } from "../content"
import type { Card, Draft } from "../useBoard"

const { labels, columns, people, tags } = content
const control = "mt-1 block w-full rounded-card border border-muted/60 bg-page px-3 py-2 font-normal"

interface Props {
  /** The card to edit, or the column of a card to make. */
  card: Card | string
  onSave: (draft: Draft) => void
  onDelete: () => void
  onClose: () => void
}

export function CardDialog({ card, onSave, onDelete, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const made = typeof card === "string"
  const start: Draft = made ? { title: "", note: "", column: card, owner: "", tag: "" } : card

  useEffect(() => dialog.current?.showModal(), [])

  function save(data: FormData) {
    const text = (name: string) => String(data.get(name) ?? "").trim()
    onSave({
      title: text("title"),
      note: text("note"),
      column: text("column"),
      owner: text("owner"),
      tag: text("tag"),
    })
  }

  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-card bg-surface p-6 text-ink shadow-2xl"
      onClose={onClose}
    >
      <form
        className="space-y-4 font-semibold"
        onSubmit={(event) => {
          event.preventDefault()
          save(new FormData(event.currentTarget))
        }}
      >
        <h2 id={heading} className="text-xl font-bold tracking-tight">
          {made ? labels.new_card : labels.edit_card}
        </h2>
        <Labelled text={labels.title}>
          <input className={control} name="title" defaultValue={start.title} required pattern=".*\S.*" maxLength={160} />
        </Labelled>
        <Labelled text={labels.note}>
          <textarea className={control} name="note" defaultValue={start.note} rows={3} />
        </Labelled>
        <div className="grid gap-4 sm:grid-cols-3">
          <Choice name="column" entries={columns} value={start.column} />
          <Choice name="owner" entries={people} value={start.owner} none={labels.nobody} />
          <Choice name="tag" entries={tags} value={start.tag} none={labels.no_tag} />
        </div>
        <div className="flex flex-wrap items-center gap-3 pt-2">
          <button className="rounded-card bg-accent px-4 py-2 text-accent-ink hover:brightness-95">{labels.save}</button>
          <button type="button" className="px-3 py-2" onClick={onClose}>
            {labels.cancel}
          </button>
          {!made && (
            <button type="button" className="ml-auto px-3 py-2 underline underline-offset-4" onClick={onDelete}>
              {labels.delete}
            </button>
          )}
        </div>
      </form>
    </dialog>
  )
}

function Labelled({ text, children }: { text: string; children: ReactNode }) {
  return (
    <label className="block text-sm">
      {text}
      {children}
    </label>
  )
}

interface ChoiceProps {
  name: "column" | "owner" | "tag"
  entries: Named[]
  value: string
  none?: string
}

function Choice({ name, entries, value, none }: ChoiceProps) {
  return (
    <Labelled text={labels[name]}>
      <select className={control} name={name} defaultValue={value}>
        {none !== undefined && <option value="">{none}</option>}
        {entries.map((entry) => (
          <option key={entry.id} value={entry.id}>
            {entry.name}
          </option>
        ))}
      </select>
    </Labelled>
  )
}
