import { ArrowDown, ArrowUp } from "lucide-react"
import { useState } from "react"
import { content } from "../content"
import { change, format, rows, type Row } from "../figures"
import { Panel } from "./Panel"

const { labels } = content

type Key = "item" | "group" | "sold" | "income" | "change"

const columns: { key: Key; label: string; number: boolean }[] = [
  { key: "item", label: labels.name, number: false },
  { key: "group", label: labels.group, number: false },
  { key: "sold", label: labels.sold, number: true },
  { key: "income", label: labels.income, number: true },
  { key: "change", label: labels.change, number: true },
]

export function ItemTable({ range }: { range: number }) {
  const [sort, setSort] = useState<{ key: Key; down: boolean }>({ key: "income", down: true })
  const [text, setText] = useState("")

  const shown = rows(range)
    .filter((row) => `${row.item} ${row.group}`.toLowerCase().includes(text.trim().toLowerCase()))
    .toSorted((a, b) => compare(a, b, sort.key) * (sort.down ? -1 : 1))

  return (
    <Panel
      title={labels.table}
      note={
        <input
          type="search"
          className="h-9 w-48 rounded-card border border-muted/50 bg-page px-3 placeholder:text-muted"
          placeholder={labels.search}
          aria-label={labels.search}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      }
    >
      <div className="-mx-4 overflow-x-auto px-4 sm:-mx-5 sm:px-5">
        <table className="w-full border-collapse whitespace-nowrap">
          <thead>
            <tr className="border-b-2 border-ink/70 text-sm">
              {columns.map(({ key, label, number }) => {
                const active = sort.key === key
                const Icon = sort.down ? ArrowDown : ArrowUp
                return (
                  <th
                    key={key}
                    className={`pr-4 font-semibold last:pr-0 ${number ? "text-right" : "text-left"}`}
                    aria-sort={active ? (sort.down ? "descending" : "ascending") : "none"}
                  >
                    <button
                      className={`inline-flex items-center gap-1 py-2 hover:text-accent-text ${active ? "text-accent-text" : "text-muted"}`}
                      onClick={() => setSort({ key, down: active ? !sort.down : number })}
                    >
                      {label}
                      <Icon className={`size-3.5 ${active ? "" : "opacity-0"}`} aria-hidden />
                    </button>
                  </th>
                )
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={index} className="border-b border-line last:border-0 hover:bg-page">
                <th scope="row" className="min-w-40 py-2.5 pr-4 text-left font-semibold whitespace-normal">
                  {row.item}
                </th>
                <td className="pr-4 text-muted">{row.group}</td>
                <td className="pr-4 text-right">{format(row.sold, "number")}</td>
                <td className="pr-4 text-right">{format(row.income, "money")}</td>
                <td className={`text-right font-semibold ${row.change < 0 ? "text-down" : "text-up"}`}>
                  {change(row.change)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="py-6 text-muted">{labels.no_match}</p>}
      </div>
    </Panel>
  )
}

function compare(a: Row, b: Row, key: Key) {
  const [left, right] = [a[key], b[key]]
  return typeof left === "number" && typeof right === "number"
    ? left - right
    : String(left).localeCompare(String(right), content.locale)
}
