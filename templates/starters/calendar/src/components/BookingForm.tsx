import { type FormEvent, useState } from "react"
import { content } from "../content"
import type { Entry } from "../useEvents"

interface Props {
  day: string
  taken: string[]
  onAdd: (entry: Omit<Entry, "id">) => void
}

export function BookingForm({ day, taken, onAdd }: Props) {
  const { categories, labels, times } = content
  const [title, setTitle] = useState("")
  const [category, setCategory] = useState(categories[0]?.id ?? "")
  const [wish, setWish] = useState("")
  const [missing, setMissing] = useState(false)
  const free = times.filter((time) => !taken.includes(time))
  const time = free.includes(wish) ? wish : free[0]

  function submit(event: FormEvent) {
    event.preventDefault()
    setMissing(!title.trim())
    if (!title.trim() || !time) return
    onAdd({ title: title.trim(), category, day, time })
    setTitle("")
  }

  if (!time) return <p className="text-muted">{labels.full}</p>
  return (
    <form className="space-y-3 border-t border-line pt-5" noValidate onSubmit={submit}>
      <h3 className="font-semibold">{labels.book}</h3>
      <label className="block">
        {labels.what}
        <input
          className="field"
          value={title}
          aria-invalid={missing}
          aria-describedby={missing ? "missing" : undefined}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      {missing && (
        <p id="missing" role="alert" className="font-semibold">
          {labels.missing}
        </p>
      )}
      <div className="grid grid-cols-2 gap-3">
        <label className="min-w-0">
          {labels.category}
          <select className="field" value={category} onChange={(event) => setCategory(event.target.value)}>
            {categories.map((known) => (
              <option key={known.id} value={known.id}>
                {known.name}
              </option>
            ))}
          </select>
        </label>
        <label className="min-w-0">
          {labels.time}
          <select className="field" value={time} onChange={(event) => setWish(event.target.value)}>
            {free.map((known) => (
              <option key={known}>{known}</option>
            ))}
          </select>
        </label>
      </div>
      <button className="rounded-card bg-accent px-5 py-2.5 font-semibold text-accent-ink">{labels.save}</button>
    </form>
  )
}
