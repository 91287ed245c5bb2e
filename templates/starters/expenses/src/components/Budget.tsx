import { content, money } from "../content"

const { labels } = content

interface Props {
  budget: number
  spent: number
  onBudget: (budget: number) => void
}

export function Budget({ budget, spent, onBudget }: Props) {
  const left = budget - spent
  const share = budget > 0 ? Math.min(1, spent / budget) : 1
  return (
    <section aria-labelledby="budget-title">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 id="budget-title" className="text-lg font-bold">
          {labels.budget}
        </h2>
        <label className="flex items-baseline gap-2 text-sm text-muted">
          {labels.set_budget}
          <input
            className="w-24 border-b-2 border-muted/50 bg-transparent text-right font-mono text-ink"
            type="number"
            min={0}
            step={10}
            value={budget}
            onChange={(event) => onBudget(Math.max(0, event.target.valueAsNumber || 0))}
          />
        </label>
      </div>
      <div
        className="mt-3 h-4 overflow-hidden rounded-full bg-line"
        role="meter"
        aria-label={labels.budget}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <div
          className={`h-full ${left < 0 ? "bg-accent" : "bg-(--series-2)"} motion-safe:transition-[width]`}
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <p className={`mt-2 text-sm tabular-nums ${left < 0 ? "font-bold text-accent-text" : "text-muted"}`}>
        {left < 0 ? `${money(-left)} ${labels.over}` : `${money(left)} ${labels.left} ${money(budget)}`}
      </p>
    </section>
  )
}
