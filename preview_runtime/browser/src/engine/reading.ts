import { LOOKS } from './place.ts'
import type { Decided, PlaceMark, Pointed, Retyped, Shown } from './place.ts'

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
  return { tag: text(raw.tag, 60), text: text(raw.text, MOST_TEXT), own: raw.own === true, made: text(raw.made, 80), marks, repeated: Math.max(1, count(raw.repeated)), nth: count(raw.nth) }
}

export function readRetyped(value: unknown): Retyped {
  const raw = fields(value)
  return { from: text(raw.from, MOST_TYPED), to: text(raw.to, MOST_TYPED), nth: count(raw.nth), same: count(raw.same) }
}

export function readDecided(value: unknown): Decided {
  const raw = fields(value)
  const rule = fields(raw.rule)
  const around = Array.isArray(rule.around) ? rule.around.slice(0, MOST_MARKS).map((one) => text(one, MOST_TEXT)) : []
  return { inline: raw.inline === true, rem: count(raw.rem), ...(raw.rule !== undefined && { rule: { sheet: text(rule.sheet, MOST_TEXT), selector: text(rule.selector, MOST_TYPED), around } }) }
}

export function readShown(value: unknown): Shown {
  const { box, looks, picture } = fields(value)
  const { src, alt } = fields(picture)
  const [sides, values] = [fields(box), fields(looks)]
  const side = (name: string): number => { const at = sides[name]; return typeof at === 'number' && Number.isFinite(at) ? at : 0 }
  return {
    box: { x: side('x'), y: side('y'), width: side('width'), height: side('height') },
    looks: Object.fromEntries(LOOKS.flatMap((look) => { const one = text(values[look], 30); return /^(?:#[\da-f]{6}|-?[\d.]+)$/.test(one) ? [[look, one]] : [] })),
    ...(picture !== undefined && { picture: { src: text(src, MOST_TYPED), alt: text(alt, MOST_TYPED) } }),
  }
}

function readMark(value: unknown): PlaceMark {
  const { file, hash, ...numbers } = fields(value)
  const mark: PlaceMark = { file: text(file, 300), ...(typeof hash === 'string' && { hash: hash.slice(0, 40) }) }
  for (const name of ['n', 'at', 'line', 'column'] as const) if (typeof numbers[name] === 'number') mark[name] = count(numbers[name])
  return mark
}
