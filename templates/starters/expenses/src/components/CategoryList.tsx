import { colorOf, content, money } from "../content"
import { sum, type Expense } from "../useExpenses"

const { labels, categories } = content

interface Props {
  expenses: Expense[]
  selected: string
  onSelect: (category: string) => void
}

/** What each category cost; pressing one shows only its lines. */
export function CategoryList({ expenses, selected, onSelect }: Props) {
  const rows = categories
    .map((category) => ({
      ...category,
      total: sum(expenses.filter((expense) => expense.category === category.id)),
    }))
    .toSorted((a, b) => b.total - a.total)
  const top = Math.max(1, ...rows.map((row) => row.total))

  return (
    <section aria-labelledby="categories-title">
      <h2 id="categories-title" className="text-lg font-bold">
        {labels.categories}
      </h2>
      <ul className="mt-2 -mx-3">
        {rows.map(({ id, name, total }) => (
          <li key={id}>
            <button
              className="block w-full rounded-card px-3 py-2 text-left hover:bg-surface aria-pressed:bg-surface aria-pressed:font-bold"
              aria-pressed={selected === id}
              onClick={() => onSelect(selected === id ? "" : id)}
            >
              <span className="flex justify-between gap-4">
                <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
                <span className="font-mono text-sm tabular-nums">{money(total)}</span>
              </span>
              <span
                className="mt-1.5 block h-1.5 min-w-0.5 rounded-full"
                style={{ width: `${(100 * total) / top}%`, background: colorOf(id) }}
              />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
