import type { PlaceMark, Pointed, Retyped } from './place.ts'

/** What a page tells of what is pointed at, field by field: hostile code may have written it. */

const MOST_MARKS = 12
const MOST_TEXT = 300
/** Longer than any text that a person types over another. */
const MOST_TYPED = 5_000

const text = (value: unknown, most: number): string => (typeof value === 'string' ? value.slice(0, most) : '')
const count = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0)
const fields = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {})

export function readPointed(value: unknown): Pointed {
  const raw = fields(value)
  const marks = Array.isArray(raw.marks) ? raw.marks.slice(0, MOST_MARKS).map(readMark) : []
  return { tag: text(raw.tag, 60), text: text(raw.text, MOST_TEXT), own: raw.own === true, made: text(raw.made, 80), marks, repeated: Math.max(1, count(raw.repeated)) }
}

export function readRetyped(value: unknown): Retyped {
  const raw = fields(value)
  return { from: text(raw.from, MOST_TYPED), to: text(raw.to, MOST_TYPED), nth: count(raw.nth), same: count(raw.same) }
}

function readMark(value: unknown): PlaceMark {
  const { file, hash, ...numbers } = fields(value)
  const mark: PlaceMark = { file: text(file, 300), ...(typeof hash === 'string' && { hash: hash.slice(0, 40) }) }
  for (const name of ['n', 'at', 'line', 'column'] as const) if (typeof numbers[name] === 'number') mark[name] = count(numbers[name])
  return mark
}
