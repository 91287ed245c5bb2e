import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import { content, type Metric } from "../content"
import { compact, format, monthName } from "../figures"
import { ChartTip } from "./ChartTip"
import { Panel } from "./Panel"

const { labels } = content
const YEAR = 12

/** The months of the span beside the same months one year earlier. */
export function Compare({ metric, range }: { metric: Metric; range: number }) {
  const length = metric.values.length
  const data = metric.values.slice(-range).map((value, index, shown) => {
    const back = shown.length - 1 - index
    return { month: monthName(back), now: value, then: metric.values[length - 1 - back - YEAR] ?? 0 }
  })

  return (
    <Panel
      title={labels.compare}
      note={
        <p className="flex gap-4 text-sm text-muted" aria-hidden>
          <Key color="var(--second)" text={labels.last_year} />
          <Key color="var(--accent)" text={labels.this_year} />
        </p>
      }
    >
      <div className="h-60">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 240 }}>
          <BarChart data={data} barGap={2} barCategoryGap="28%" margin={{ top: 8, right: 0, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="month" axisLine={false} tickLine={false} tickMargin={8} />
            <YAxis width={44} axisLine={false} tickLine={false} tickFormatter={compact} />
            <Tooltip
              content={<ChartTip show={(value) => format(value, metric.format)} />}
              cursor={{ fill: "var(--line)", fillOpacity: 0.4 }}
            />
            <Bar dataKey="then" name={labels.last_year} fill="var(--second)" radius={[3, 3, 0, 0]} isAnimationActive={false} />
            <Bar dataKey="now" name={labels.this_year} fill="var(--accent)" radius={[3, 3, 0, 0]} isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </Panel>
  )
}

function Key({ color, text }: { color: string; text: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className="size-2.5 rounded-xs" style={{ background: color }} />
      {text}
    </span>
  )
}
