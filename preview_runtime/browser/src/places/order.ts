import type { NotWritten, Ordered } from '../engine/place.ts'
import type { Element_, Outline, WrittenList } from './literal.ts'
import type { Rewrite } from './restyle.ts'

interface Part { start: number; end: number }

/** An element among those that are written beside it. */
export function orderElements(file: string, source: string, outline: Outline, element: Element_, { deed }: Ordered): Rewrite | NotWritten {
  const around = parentOf(outline, element)
  const beside = outline.elements.filter((one) => one.direct && parentOf(outline, one) === around).sort((a, b) => a.start - b.start)
  if (!element.direct || !closed(source, element)) return 'alone'
  const other = beside[beside.indexOf(element) + (deed === 'up' ? -1 : 1)]
  if (deed === 'up' || deed === 'down') {
    if (!other || !closed(source, other)) return 'alone'
    return swapped(file, source, ...(deed === 'up' ? [other, element] as const : [element, other] as const))
  }
  const line = /(?:^|\n)([ \t]*)$/.exec(source.slice(0, element.start))
  const text = source.slice(element.start, element.end)
  if (deed === 'duplicate') return { file, start: element.end, end: element.end, text: line ? `\n${line[1]}${text}` : text }
  const whole = line !== null && /^[ \t]*(?:\n|$)/.test(source.slice(element.end))
  const start = whole ? element.start - line[0].length : element.start
  return { file, start, end: element.end, text: '' }
}

/** An item of a list that is written out. */
export function orderItems(file: string, source: string, { items }: WrittenList, nth: number, { deed }: Ordered): Rewrite | NotWritten {
  const item = items[nth]
  const [before, next] = [items[nth - 1], items[nth + 1]]
  if (!item) return 'computed'
  if (deed === 'up') return before ? swapped(file, source, before, item) : 'alone'
  if (deed === 'down') return next ? swapped(file, source, item, next) : 'alone'
  if (deed === 'delete') return { file, start: next || !before ? item.start : before.end, end: next ? next.start : item.end, text: '' }
  const between = next ? source.slice(item.end, next.start) : before ? source.slice(before.end, item.start) : ', '
  return { file, start: item.end, end: item.end, text: between + source.slice(item.start, item.end) }
}

/** What is between the two stays where it is. */
const swapped = (file: string, source: string, first: Part, second: Part): Rewrite => ({
  file, start: first.start, end: second.end,
  text: source.slice(second.start, second.end) + source.slice(first.end, second.start) + source.slice(first.start, first.end),
})

const parentOf = ({ elements }: Outline, { start, end }: Part): Element_ | undefined => elements.filter((one) => one.start < start && one.end >= end).sort((a, b) => b.start - a.start)[0]

/** Whether it ends where it says: HTML lets some end tags out. */
const closed = (source: string, { name, start, openEnd, end }: Element_): boolean => end === openEnd || name === '' || source.slice(start, end).toLowerCase().replace(/\s+>$/, '>').endsWith(`</${name.toLowerCase()}>`)
