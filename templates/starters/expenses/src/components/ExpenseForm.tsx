import { useRef, useState, type FormEvent, type ReactNode } from "react"
import { content } from "../content"
import { today } from "../months"
import type { Expense } from "../useExpenses"

const { labels, categories } = content
const control = "mt-1 block h-11 w-full min-w-0 rounded-card border border-muted/60 bg-surface px-3 text-base font-normal"

interface Props {
  onAdd: (expense: Omit<Expense, "id">) => void
}

export function ExpenseForm({ onAdd }: Props) {
  const [item, setItem] = useState("")
  const [amount, setAmount] = useState("")
  const [category, setCategory] = useState(categories[0]?.id ?? "")
  const [date, setDate] = useState(today)
  const [error, setError] = useState("")
  const first = useRef<HTMLInputElement>(null)

  function submit(event: FormEvent) {
    event.preventDefault()
    const value = Math.round(Number(amount.replace(",", ".")) * 100) / 100
    if (!item.trim()) return setError(labels.item_error)
    if (!(value > 0 && value < 1e9)) return setError(labels.amount_error)
    onAdd({ item: item.trim(), amount: value, category, date: date || today() })
    setItem("")
    setAmount("")
    setError("")
    first.current?.focus()
  }

  return (
    <form
      className="grid grid-cols-2 items-end gap-3 sm:grid-cols-4 lg:grid-cols-[minmax(0,1fr)_7rem_minmax(0,11rem)_9.5rem_auto]"
      onSubmit={submit}
      noValidate
    >
      <Labelled text={labels.item} wide>
        <input
          ref={first}
          className={control}
          value={item}
          maxLength={120}
          onChange={(event) => setItem(event.target.value)}
        />
      </Labelled>
      <Labelled text={labels.amount}>
        <input
          className={`${control} font-mono`}
          value={amount}
          inputMode="decimal"
          placeholder="0.00"
          onChange={(event) => setAmount(event.target.value)}
        />
      </Labelled>
      <Labelled text={labels.category}>
        <select className={control} value={category} onChange={(event) => setCategory(event.target.value)}>
          {categories.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled text={labels.date}>
        <input
          className={control}
          type="date"
          value={date}
          max={today()}
          onChange={(event) => setDate(event.target.value)}
        />
      </Labelled>
      <button className="h-11 rounded-card bg-accent px-5 font-bold text-accent-ink hover:brightness-95">
        {labels.add}
      </button>
      <p className="col-span-full text-sm font-semibold text-accent-text empty:hidden" role="alert">
        {error}
      </p>
    </form>
  )
}

function Labelled({ text, wide, children }: { text: string; wide?: boolean; children: ReactNode }) {
  return (
    <label className={`block min-w-0 text-sm font-semibold ${wide ? "col-span-2" : ""} lg:col-span-1`}>
      {text}
      {children}
    </label>
  )
}
