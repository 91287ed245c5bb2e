import { colorOf, content, money, nameOf } from "../content"
import { dayName } from "../months"
import { sum, type Expense } from "../useExpenses"

const { labels } = content

interface Props {
  expenses: Expense[]
  category: string
  onAll: () => void
  onRemove: (expense: Expense) => void
}

/** The month as a till receipt: days, lines, total. */
export function Receipt({ expenses, category, onAll, onRemove }: Props) {
  const days = [...new Set(expenses.map(({ date }) => date))]

  return (
    <section aria-labelledby="receipt-title" className="receipt self-start bg-surface px-5 pt-6 font-mono text-sm sm:px-7">
      <div className="flex flex-wrap items-baseline justify-between gap-3 border-b-2 border-dashed border-line pb-3">
        <h2 id="receipt-title" className="text-base font-bold">
          {category ? nameOf(category) : labels.ledger}
        </h2>
        {category && (
          <button className="underline underline-offset-4" onClick={onAll}>
            {labels.all}
          </button>
        )}
      </div>
      {days.map((date) => (
        <div key={date} className="mt-5">
          <h3 className="text-xs text-muted">{dayName(date)}</h3>
          <ul>
            {expenses
              .filter((expense) => expense.date === date)
              .map((expense) => (
                <li key={expense.id} className="flex min-h-9 items-baseline gap-2 pt-1.5">
                  <span
                    className="size-2 shrink-0 rounded-full"
                    style={{ background: colorOf(expense.category) }}
                    title={nameOf(expense.category)}
                  />
                  <span className="min-w-0 [overflow-wrap:anywhere]">{expense.item}</span>
                  <span className="leader" aria-hidden />
                  <span className="tabular-nums">{money(expense.amount)}</span>
                  <button
                    className="-mr-2 grid size-7 shrink-0 place-items-center self-center rounded-full text-base text-muted hover:bg-page hover:text-ink"
                    aria-label={`${labels.delete} ${expense.item}`}
                    onClick={() => onRemove(expense)}
                  >
                    <span aria-hidden>×</span>
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
      {days.length === 0 && <p className="py-8 text-muted">{labels.empty}</p>}
      <p className="mt-6 flex justify-between border-t-2 border-dashed border-line pt-3 text-base font-bold">
        <span>{labels.total}</span>
        <span className="tabular-nums">{money(sum(expenses))}</span>
      </p>
    </section>
  )
}
