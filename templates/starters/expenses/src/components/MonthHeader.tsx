import { content, money } from "../content"
import { monthBefore, monthName, shiftMonth } from "../months"

const { app, labels } = content
const step =
  "grid size-10 place-items-center rounded-full border border-header-ink/35 text-lg hover:border-header-ink disabled:opacity-35"

interface Props {
  month: string
  total: number
  onMonth: (month: string) => void
}

export function MonthHeader({ month, total, onMonth }: Props) {
  return (
    <header className="bg-header text-header-ink">
      <div className="mx-auto max-w-6xl px-5 pt-6 pb-10">
        <div className="flex flex-wrap items-baseline gap-x-4">
          <h1 className="text-xl font-bold [overflow-wrap:anywhere]">{app.name}</h1>
          <p className="text-sm opacity-95">{app.tagline}</p>
        </div>
        <div className="mt-8 flex flex-wrap items-end justify-between gap-5">
          <p aria-live="polite">
            <span className="block font-mono text-5xl font-semibold tracking-tighter tabular-nums sm:text-7xl">
              {money(total)}
            </span>
            <span className="mt-2 block opacity-95">
              {labels.spent} {monthName(month)}
            </span>
          </p>
          <div className="flex gap-2">
            <button className={step} aria-label={labels.earlier} onClick={() => onMonth(shiftMonth(month, -1))}>
              <span aria-hidden>←</span>
            </button>
            <button
              className={step}
              aria-label={labels.later}
              disabled={month >= monthBefore(0)}
              onClick={() => onMonth(shiftMonth(month, 1))}
            >
              <span aria-hidden>→</span>
            </button>
          </div>
        </div>
      </div>
    </header>
  )
}
