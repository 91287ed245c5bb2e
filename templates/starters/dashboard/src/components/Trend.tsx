import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import { content, type Metric } from "../content"
import { compact, format, monthName, period } from "../figures"
import { ChartTip } from "./ChartTip"
import { Panel } from "./Panel"

export function Trend({ metric, range }: { metric: Metric; range: number }) {
  const { values } = period(metric, range)
  const data = values.map((value, index) => ({ month: monthName(values.length - 1 - index), value }))
  const show = (value: number) => format(value, metric.format)

  return (
    <Panel title={content.labels.trend} note={<p className="text-sm text-muted">{metric.name}</p>}>
      <div className="h-64 sm:h-72">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 280 }}>
          <AreaChart data={data} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
            <defs>
              <linearGradient id="trend-fill" x1="0" x2="0" y1="0" y2="1">
                <stop offset="0" stopColor="var(--accent)" stopOpacity={0.28} />
                <stop offset="1" stopColor="var(--accent)" stopOpacity={0} />
              </linearGradient>
            </defs>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="month" axisLine={false} tickLine={false} tickMargin={8} interval="preserveStartEnd" />
            <YAxis
              width={44}
              axisLine={false}
              tickLine={false}
              tickFormatter={compact}
              domain={metric.total === "mean" ? ["auto", "auto"] : [0, "auto"]}
            />
            <Tooltip content={<ChartTip show={show} />} cursor={{ stroke: "var(--muted)" }} />
            <Area
              dataKey="value"
              name={metric.name}
              type="monotone"
              stroke="var(--accent)"
              strokeWidth={2.5}
              fill="url(#trend-fill)"
              activeDot={{ r: 5 }}
              isAnimationActive={false}
            />
          </AreaChart>
        </ResponsiveContainer>
      </div>
    </Panel>
  )
}
