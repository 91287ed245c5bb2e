import type { Item } from "./api"

interface Props {
  name: string
  items: Item[]
  onTick(item: Item): void
}

export function Aisle({ name, items, onTick }: Props) {
  if (!items.length) return null
  return (
    <section aria-label={name}>
      <h2>{name}</h2>
      <ul>
        {items.map((item) => (
          <li key={item.id} data-done={item.done}>
            <label>
              <input type="checkbox" checked={item.done} onChange={() => onTick(item)} />
              <span className="name">{item.name}</span>
              {item.amount && <span className="amount">{item.amount}</span>}
              {item.by && <span className="by">{item.by}</span>}
            </label>
          </li>
        ))}
      </ul>
    </section>
  )
}
