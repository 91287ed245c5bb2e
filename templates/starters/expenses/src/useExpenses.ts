import { useState } from "react"
import { content, type Seed } from "./content"
import { dateIn, monthBefore } from "./months"
import { useStored } from "./storage"

export interface Expense {
  id: string
  item: string
  category: string
  amount: number
  /** `2026-03-21` */
  date: string
}

/** The expenses, newest first, and the monthly budget. */
export function useExpenses() {
  const [expenses, setExpenses] = useStored("expenses", content.expenses, fromSeed, isExpenses)
  const [budget, setBudget] = useStored("budget", content.budget, (seed) => seed, isAmount)
  const [deleted, setDeleted] = useState<Expense | null>(null)

  return {
    expenses,
    budget,
    setBudget,
    deleted,
    add(expense: Omit<Expense, "id">) {
      const id = Date.now().toString(36) + Math.random().toString(36).slice(2)
      setExpenses(sort([{ ...expense, id }, ...expenses]))
      setDeleted(null)
    },
    remove(expense: Expense) {
      setExpenses(expenses.filter((other) => other.id !== expense.id))
      setDeleted(expense)
    },
    undo() {
      if (deleted) setExpenses(sort([deleted, ...expenses]))
      setDeleted(null)
    },
  }
}

export const sum = (expenses: Expense[]) => expenses.reduce((total, { amount }) => total + amount, 0)

function sort(expenses: Expense[]) {
  return expenses.toSorted((a, b) => b.date.localeCompare(a.date))
}

function fromSeed(seed: Seed[]): Expense[] {
  return sort(
    seed.map(({ month, day, ...rest }, index) => ({
      ...rest,
      id: `seed-${index}`,
      date: dateIn(monthBefore(month), day),
    })),
  )
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0
}

function isExpenses(value: unknown): value is Expense[] {
  return (
    Array.isArray(value) &&
    value.every(
      (expense: Partial<Expense> | null) =>
        typeof expense?.id === "string" &&
        typeof expense.item === "string" &&
        typeof expense.category === "string" &&
        isAmount(expense.amount) &&
        /^\d{4}-\d\d-\d\d$/.test(expense.date ?? ""),
    )
  )
}
