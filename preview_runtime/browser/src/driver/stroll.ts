import { digest } from '../engine/digest.ts'
import { edit, fill, isField, isTyped, pick, selectAll } from './fields.ts'
import { focus, isFocusable } from './focus.ts'
import { press, type } from './keyboard.ts'
import { folded, isVisible, nameOf, roleOf } from './names.ts'
import { wasKept } from './kept.ts'
import { click, moveTo, reach } from './pointer.ts'
import { nextTask } from './settle.ts'

/**
 * A stroll: what a curious person does with an app of which they know nothing. They press what can be pressed, write into
 * what can be written into, and turn what can be turned, each thing once; of a long row of alike things the first few.
 * Without the clock and chance of the page in our hands no two strolls would be the same.
 */

const ALIKE = 3
const ROW = 8
const OFFERED = 'a[href],button,input:not([type="hidden"]):not([type="file"]),select,textarea,summary,[tabindex],[role="button"],[role="tab"],[role="option"],[role="menuitem"],[contenteditable="true"]'
const DRAWN = 'svg,canvas,[role="img"]'
const GIVEN: Record<string, string> = { number: '7', date: '2026-06-15', time: '08:30', month: '2026-07', color: '#336699', email: 'ana@example.com', url: 'https://example.org', tel: '030 1234', 'datetime-local': '2026-06-15T08:30' }
const ARROWS = ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End', 'Enter', ' ']

/** `words`: for a person, such as `press button “Add”`. */
export interface Deed { key: string; words: string; run(): void | Promise<void> }

/** How often a thing is done that comes up again and again, such as the question after this one. */
const AGAIN = 4

/** What was there when it was last looked at: what has come since is of more interest. */
let met = new WeakSet<Element>()

/** The first thing to do that is not in `done`; undefined where there is nothing more. */
export function nextDeed(done: ReadonlySet<string>): Deed | undefined {
  const open = [...document.querySelectorAll('dialog:modal,[role="dialog"],[role="alertdialog"]')].filter(isVisible).at(-1)
  const scope = open ?? document.body
  const alike = new Map<string, number>()
  for (const element of scope.querySelectorAll(OFFERED)) alike.set(wayTo(element), (alike.get(wayTo(element)) ?? 0) + 1)
  const passed = new Map<string, number>()
  const [come, stayed]: [Deed[], Deed[]] = [[], []]
  for (const element of scope.querySelectorAll(`${OFFERED},${DRAWN}`)) {
    const way = wayTo(element)
    const before = passed.get(way) ?? 0
    passed.set(way, before + 1)
    const inRow = (alike.get(way) ?? 0) > ROW
    if ((inRow && before >= ALIKE) || !isVisible(element) || element.matches(':disabled,[aria-disabled="true"]')) continue
    const name = inRow ? String(before) : folded(nameOf(element)).replace(/\d+/g, '#')
    for (const deed of deedsFor(element, `${way} ${name}`)) (met.has(element) ? stayed : come).push(deed)
  }
  met = new WeakSet(scope.querySelectorAll(`${OFFERED},${DRAWN}`))
  const leave = digest(`leave ${open ? wayTo(open) : ''}`)
  const left = open && !done.has(leave) ? [{ key: leave, words: 'press Escape', run: () => press('Escape') }] : []
  const fresh = [...come, ...stayed, ...left].find(({ key }) => !done.has(key))
  if (fresh) return fresh
  for (const deed of [...come, ...stayed].filter(({ words }) => words.startsWith('press '))) {
    const key = Array.from({ length: AGAIN - 1 }, (_, time) => `${deed.key}${time + 2}`).find((one) => !done.has(one))
    if (key !== undefined) return { ...deed, key }
  }
  return damage(done)
}

/** What is kept is spoilt, one part after the other, and the page loaded anew: an app that reads it has to bear that. */
function damage(done: ReadonlySet<string>): Deed | undefined {
  for (const [name, text] of Object.entries(wasKept())) {
    for (const [what, damaged] of damages(text)) {
      const key = digest(`damage ${name} ${what}`)
      if (done.has(key)) continue
      const run = (): void => {
        for (const [other, whole] of Object.entries(wasKept())) localStorage.setItem(other, other === name ? damaged : whole)
        location.reload()
      }
      return { key, words: `spoil ${name}, ${what}`, run }
    }
  }
  return undefined
}

const MAX_DAMAGES = 14

function damages(text: string): [string, string][] {
  const found: [string, string][] = [['cut off', text.slice(0, -1) || '{'], ['null', 'null'], ['a number', '7'], ['a list', '[]'], ['an object', '{}']]
  const spoil = (value: unknown, at: string, put: (other: unknown) => unknown): void => {
    if (found.length >= MAX_DAMAGES) return
    found.push([at, JSON.stringify(put(typeof value === 'string' ? 7 : 'Abc 12'))])
    if (typeof value !== 'object' || value === null) return
    // The first of a list stands for all.
    for (const [key, inner] of Array.isArray(value) ? [...value.entries()].slice(0, 1) : Object.entries(value)) {
      spoil(inner, `${at}.${key}`, (other) => put(Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other }))
    }
  }
  try { spoil(JSON.parse(text), 'value', (other) => other) } catch { /* not JSON */ }
  return found
}

/** The tags that lead to an element: alike for all the rows of a list. */
function wayTo(element: Element): string {
  const tags: string[] = []
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) tags.push(at.localName)
  return tags.join('<')
}

function* deedsFor(element: Element, key: string): Generator<Deed> {
  const role = roleOf(element) ?? element.localName
  const on = (what: string, run: () => void | Promise<void>): Deed => ({ key: digest(`${what} ${key}`), words: `${what} ${role} “${nameOf(element)}”`, run })
  if (isField(element)) {
    if (element.readOnly) return
    yield on('enter', () => { focus(element); press('Enter') })
    if (element.type === 'range') {
      yield on('more', () => { focus(element); press('ArrowRight') })
      yield on('most', () => { focus(element); fill(element, element.getAttribute('max') ?? '100') })
      return
    }
    yield on('write', () => write(element, GIVEN[element.type] ?? 'Abc 12'))
    yield on('send', () => { focus(element); press('Enter') })
    yield on('write other', () => write(element, GIVEN[element.type] ?? 'zzz'))
    yield on('down', () => { focus(element); press('ArrowDown') })
    yield on('empty', () => write(element, ''))
    yield on('escape', () => { focus(element); press('Escape') })
    return
  }
  if (element instanceof HTMLSelectElement) {
    for (const at of [1, element.options.length - 1, 0]) yield on(`choose ${at}`, () => { focus(element); pick(element, (label) => label === element.options[at]?.label) })
    return
  }
  if (element.matches(DRAWN)) {
    const { left, top, width, height } = element.getBoundingClientRect()
    if (width < 100) return
    for (const share of [0.25, 0.75]) yield on(`point ${share}`, () => {
      const at = { x: left + width * share, y: top + height / 2 }
      const hit = document.elementFromPoint(at.x, at.y)
      if (hit) moveTo(hit, at)
    })
    return
  }
  if (element instanceof HTMLAnchorElement && (element.origin !== location.origin || element.target === '_blank')) return
  if (element.matches('a[href],button,summary,input') || ['button', 'tab', 'option', 'menuitem', 'checkbox', 'switch', 'radio'].includes(role)) {
    yield on('press', () => {
      const way = reach(element)
      if ('hit' in way) click(way.hit, way.at)
    })
  }
  if (element.hasAttribute('tabindex') || ['tab', 'option', 'radio', 'slider', 'gridcell'].includes(role)) {
    for (const arrow of ARROWS) yield on(arrow, () => { if (isFocusable(element)) { focus(element); press(arrow) } })
  }
}

async function write(element: Element & (HTMLInputElement | HTMLTextAreaElement), text: string): Promise<void> {
  focus(element)
  if (!isTyped(element)) { fill(element, text); return }
  selectAll(element)
  if (text === '') edit(element, null)
  else await type(text)
  await nextTask()
}
