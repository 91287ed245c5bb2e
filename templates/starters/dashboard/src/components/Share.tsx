import { Pie, PieChart, ResponsiveContainer, Tooltip } from "recharts"
import { content } from "../content"
import { format, parts } from "../figures"
import { ChartTip } from "./ChartTip"
import { Panel } from "./Panel"

const money = (value: number) => format(value, "money")

export function Share({ range }: { range: number }) {
  const data = parts(range)
  const sum = data.reduce((all, { value }) => all + value, 0)

  return (
    <Panel title={content.labels.share}>
      <div className="relative mx-auto size-44">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 176, height: 176 }}>
          <PieChart>
            <Pie
              data={data}
              dataKey="value"
              nameKey="name"
              innerRadius="68%"
              outerRadius="100%"
              startAngle={90}
              endAngle={-270}
              paddingAngle={data.length > 1 ? 2 : 0}
              stroke="none"
              isAnimationActive={false}
            />
            <Tooltip content={<ChartTip show={money} />} wrapperStyle={{ zIndex: 1 }} />
          </PieChart>
        </ResponsiveContainer>
        <p className="pointer-events-none absolute inset-0 grid place-items-center text-xl font-bold tracking-tight">
          {money(sum)}
        </p>
      </div>
      <ul className="mt-5 space-y-2 text-sm">
        {data.map(({ name, value, fill }) => (
          <li key={name} className="flex items-center gap-2.5">
            <span className="size-2.5 shrink-0 rounded-full" style={{ background: fill }} aria-hidden />
            <span className="min-w-0 flex-1 truncate">{name}</span>
            <span className="text-muted">{money(value)}</span>
            <strong className="w-10 text-right">{Math.round((100 * value) / sum)}%</strong>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
