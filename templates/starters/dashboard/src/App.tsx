import { useState, type ReactNode } from "react"
import { Compare } from "./components/Compare"
import { ItemTable } from "./components/ItemTable"
import { Kpis } from "./components/Kpis"
import { ReportHeader } from "./components/ReportHeader"
import { Share } from "./components/Share"
import { Trend } from "./components/Trend"
import { content } from "./content"

const { metrics, sections } = content

/** How many of the six columns a section takes on a wide screen. */
const spans: Record<string, string> = {
  kpis: "lg:col-span-6",
  trend: "lg:col-span-4",
  share: "lg:col-span-2",
  compare: "lg:col-span-6",
  table: "lg:col-span-6",
}

export default function App() {
  const [range, setRange] = useState(content.range)
  const [selected, setSelected] = useState(metrics[0]?.id ?? "")
  const metric = metrics.find(({ id }) => id === selected) ?? metrics[0]

  const parts: Record<string, ReactNode> = {
    kpis: <Kpis range={range} selected={selected} onSelect={setSelected} />,
    trend: metric && <Trend metric={metric} range={range} />,
    share: <Share range={range} />,
    compare: metric && <Compare metric={metric} range={range} />,
    table: <ItemTable range={range} />,
  }

  return (
    <>
      <ReportHeader range={range} onRange={setRange} />
      <main className="mx-auto grid max-w-7xl grid-cols-1 gap-4 px-4 py-5 sm:px-5 lg:grid-cols-6">
        {sections.map((name) => (
          <div key={name} className={`grid min-w-0 ${spans[name] ?? "hidden"}`}>
            {parts[name]}
          </div>
        ))}
      </main>
    </>
  )
}
