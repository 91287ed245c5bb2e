import { colorOf, content, money } from "../content"
import { dayName, daysIn } from "../months"
import { sum, type Expense } from "../useExpenses"

const HEIGHT = 150
const STEP = 20
const BAR = 13

/** One bar a day, stacked by category. */
export function DayChart({ month, expenses }: { month: string; expenses: Expense[] }) {
  const days = Array.from({ length: daysIn(month) }, (_, index) => {
    const date = `${month}-${String(index + 1).padStart(2, "0")}`
    return { date, entries: expenses.filter((expense) => expense.date === date) }
  })
  const top = Math.max(1, ...days.map(({ entries }) => sum(entries)))
  const width = days.length * STEP

  return (
    <section aria-labelledby="chart-title">
      <h2 id="chart-title" className="text-lg font-bold">
        {content.labels.chart}
      </h2>
      <p className="mt-3 text-xs text-muted tabular-nums">{money(top)}</p>
      <svg
        className="mt-1 block h-40 w-full"
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${content.labels.chart}: ${money(sum(expenses))}`}
      >
        {[0, 0.5, 1].map((part) => (
          <line
            key={part}
            x2={width}
            y1={HEIGHT * part}
            y2={HEIGHT * part}
            stroke="var(--line)"
            strokeWidth={2}
            vectorEffect="non-scaling-stroke"
          />
        ))}
        {days.map(({ date, entries }, index) => (
          <g key={date} transform={`translate(${index * STEP + (STEP - BAR) / 2} 0)`}>
            {entries.length > 0 && <title>{`${dayName(date)}: ${money(sum(entries))}`}</title>}
            {entries.map((expense, place) => {
              const height = (expense.amount / top) * HEIGHT
              const below = (sum(entries.slice(0, place)) / top) * HEIGHT
              return (
                <rect
                  key={expense.id}
                  width={BAR}
                  y={HEIGHT - below - height}
                  height={Math.max(1, height - 1)}
                  fill={colorOf(expense.category)}
                />
              )
            })}
          </g>
        ))}
      </svg>
      <div className="mt-1.5 flex text-xs text-muted tabular-nums" aria-hidden>
        {days.map(({ date }, index) => (
          <span key={date} className="flex w-0 flex-1 justify-center">
            {(index === 0 || (index + 1) % 5 === 0) && index + 1}
          </span>
        ))}
      </div>
    </section>
  )
}
