import { type FormEvent, useRef, useState } from "react"
import type { Item } from "./api"

interface Props {
  aisles: string[]
  me: string
  onMe(name: string): void
  onAdd(item: Pick<Item, "name" | "amount" | "aisle" | "by">): Promise<boolean>
}

export function AddForm({ aisles, me, onMe, onAdd }: Props) {
  const [name, setName] = useState("")
  const [amount, setAmount] = useState("")
  const [aisle, setAisle] = useState(aisles[0] ?? "")
  const field = useRef<HTMLInputElement>(null)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim()) return
    if (await onAdd({ name, amount, aisle, by: me })) {
      setName("")
      setAmount("")
      field.current?.focus()
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label className="grow">What<input ref={field} value={name} onChange={(e) => setName(e.target.value)} maxLength={60} required placeholder="Oat milk" /></label>
      <label className="small">How much<input value={amount} onChange={(e) => setAmount(e.target.value)} maxLength={20} placeholder="2 l" /></label>
      <label>Where
        <select value={aisle} onChange={(e) => setAisle(e.target.value)}>
          {aisles.map((one) => <option key={one}>{one}</option>)}
        </select>
      </label>
      <label className="small">You<input value={me} onChange={(e) => onMe(e.target.value)} maxLength={20} placeholder="Name" autoComplete="given-name" /></label>
      <button>Add</button>
    </form>
  )
}
