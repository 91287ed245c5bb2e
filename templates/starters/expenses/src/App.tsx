import { useState, type ReactNode } from "react"
import { Budget } from "./components/Budget"
import { CategoryList } from "./components/CategoryList"
import { DayChart } from "./components/DayChart"
import { ExpenseForm } from "./components/ExpenseForm"
import { MonthHeader } from "./components/MonthHeader"
import { Receipt } from "./components/Receipt"
import { content, money } from "./content"
import { monthBefore } from "./months"
import { sum, useExpenses } from "./useExpenses"

const { labels, sections } = content

export default function App() {
  const book = useExpenses()
  const [month, setMonth] = useState(() => monthBefore(0))
  const [category, setCategory] = useState("")
  const [said, setSaid] = useState("")

  const inMonth = book.expenses.filter(({ date }) => date.startsWith(month))
  const shown = inMonth.filter((expense) => !category || expense.category === category)

  const parts: Record<string, ReactNode> = {
    budget: <Budget key="budget" budget={book.budget} spent={sum(inMonth)} onBudget={book.setBudget} />,
    chart: <DayChart key="chart" month={month} expenses={shown} />,
    categories: (
      <CategoryList key="categories" expenses={inMonth} selected={category} onSelect={setCategory} />
    ),
  }
  const summary = sections.flatMap((name) => parts[name] ?? [])

  return (
    <>
      <MonthHeader month={month} total={sum(inMonth)} onMonth={setMonth} />
      <main className="mx-auto max-w-6xl px-5 pb-16">
        <div className="border-b border-muted/30 py-6">
          <ExpenseForm
            onAdd={(expense) => {
              book.add(expense)
              setMonth(expense.date.slice(0, 7))
              setCategory("")
              setSaid(`${labels.added} ${expense.item}, ${money(expense.amount)}`)
            }}
          />
        </div>
        <div className={`grid grid-cols-1 gap-10 pt-8 ${summary.length ? "lg:grid-cols-[minmax(0,1fr)_minmax(0,28rem)]" : "mx-auto max-w-lg"}`}>
          {summary.length > 0 && <div className="space-y-10">{summary}</div>}
          <Receipt
            expenses={shown}
            category={category}
            onAll={() => setCategory("")}
            onRemove={(expense) => {
              book.remove(expense)
              setSaid("")
            }}
          />
        </div>
      </main>
      <div className="pointer-events-none fixed inset-x-0 bottom-5 flex justify-center px-5" role="status">
        <span className="sr-only">{said}</span>
        {book.deleted && (
          <p className="pointer-events-auto flex max-w-full items-center gap-4 rounded-card bg-ink px-5 py-3 text-page shadow-lg">
            <span className="truncate">
              {labels.deleted}: {book.deleted.item}
            </span>
            <button className="font-bold underline underline-offset-4 focus-visible:outline-page" onClick={book.undo}>
              {labels.undo}
            </button>
          </p>
        )}
      </div>
    </>
  )
}
