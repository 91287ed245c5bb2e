import { useState } from "react"
import { content, type Seed } from "./content"
import { useStored } from "./storage"

export interface Card {
  id: string
  title: string
  note: string
  column: string
  owner: string
  tag: string
}

export type Draft = Omit<Card, "id">

const columnIds = content.columns.map((column) => column.id)
const KEPT_MOVES = 6

/** The cards in board order, and what can be done to them. */
export function useBoard() {
  const [cards, setCards] = useStored("cards", content.cards, fromSeed, isCards)
  const [moves, setMoves] = useState<string[]>([])

  return {
    cards,
    moves,
    add(draft: Draft) {
      setCards([...cards, { ...draft, id: newId() }])
    },
    edit(id: string, draft: Draft) {
      setCards(cards.map((card) => (card.id === id ? { id, ...draft } : card)))
    },
    remove(id: string) {
      setCards(cards.filter((card) => card.id !== id))
    },
    /** Puts a card before another one (`before`), or last in the column. Says what it did. */
    move(id: string, column: string, before: string | null) {
      const card = cards.find((other) => other.id === id)
      if (!card || before === id) return ""
      const rest = cards.filter((other) => other.id !== id)
      const at = before ? rest.findIndex((other) => other.id === before) : rest.length
      setCards([...rest.slice(0, at), { ...card, column }, ...rest.slice(at)])
      const inColumn = rest.filter((other) => other.column === column)
      const place = before ? inColumn.findIndex((other) => other.id === before) : inColumn.length
      const name = content.columns.find((other) => other.id === column)?.name ?? ""
      if (column !== card.column) {
        setMoves([`${card.title} → ${name}`, ...moves].slice(0, KEPT_MOVES))
      }
      return `${card.title}: ${name}, ${place + 1} of ${inColumn.length + 1}`
    },
  }
}

export type Board = ReturnType<typeof useBoard>

function newId() {
  return Date.now().toString(36) + Math.random().toString(36).slice(2)
}

function fromSeed(seed: Seed[]): Card[] {
  return seed.map((card, index) => ({
    note: "",
    ...card,
    column: columnIds.includes(card.column) ? card.column : (columnIds[0] ?? ""),
    id: `seed-${index}`,
  }))
}

function isCards(value: unknown): value is Card[] {
  return (
    Array.isArray(value) &&
    value.every(
      (card: Partial<Card> | null) =>
        typeof card?.id === "string" &&
        typeof card.title === "string" &&
        typeof card.note === "string" &&
        typeof card.owner === "string" &&
        typeof card.tag === "string" &&
        columnIds.includes(card.column ?? ""),
    )
  )
}
