import { content, type Metric } from "../content"
import { change, format, period } from "../figures"

const { labels, metrics } = content

interface Props {
  range: number
  selected: string
  onSelect: (metric: string) => void
}

/** One strip of figures; pressing one shows it in the chart over time. */
export function Kpis({ range, selected, onSelect }: Props) {
  return (
    <section
      className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line lg:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]"
      aria-label={labels.metric}
    >
      {metrics.map((metric) => (
        <Kpi
          key={metric.id}
          metric={metric}
          range={range}
          selected={metric.id === selected}
          onSelect={() => onSelect(metric.id)}
        />
      ))}
    </section>
  )
}

function Kpi({ metric, range, selected, onSelect }: { metric: Metric; range: number; selected: boolean; onSelect: () => void }) {
  const { values, now, change: share } = period(metric, range)
  return (
    <button
      className="border-t-4 border-transparent bg-surface px-4 pt-3 pb-4 text-left -outline-offset-4 hover:bg-page aria-pressed:border-accent sm:px-5"
      aria-pressed={selected}
      onClick={onSelect}
    >
      <span className="block truncate text-sm text-muted">{metric.name}</span>
      <span className="mt-1 grid gap-y-1 sm:flex sm:items-end sm:justify-between sm:gap-x-4">
        <span className="text-2xl font-bold tracking-tight sm:text-3xl">{format(now, metric.format)}</span>
        <Spark values={values} />
      </span>
      <span className="mt-1.5 block min-h-5 text-sm">
        {share !== null && (
          <>
            <strong className={share < 0 ? "text-down" : "text-up"}>
              <span aria-hidden>{share < 0 ? "▼ " : "▲ "}</span>
              {change(share)}
            </strong>
            <span className="sr-only"> {labels.before.replace("{count}", String(range))}</span>
          </>
        )}
      </span>
    </button>
  )
}

function Spark({ values }: { values: number[] }) {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const points = values.map(
    (value, index) => `${(index / Math.max(1, values.length - 1)) * 76 + 2},${24 - ((value - low) / (high - low || 1)) * 20}`,
  )
  return (
    <svg viewBox="0 0 80 28" className="h-7 w-20" aria-hidden>
      <polyline points={points.join(" ")} fill="none" stroke="var(--accent)" strokeWidth={2} strokeLinejoin="round" />
    </svg>
  )
}
