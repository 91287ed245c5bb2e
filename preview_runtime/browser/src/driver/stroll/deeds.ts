import { digest } from '../../engine/digest.ts'
import { edit, fill, isField, isTyped, pick, selectAll } from '../fields.ts'
import { focus, isFocusable } from '../focus.ts'
import { press, type } from '../keyboard.ts'
import { isVisible, nameOf, roleOf } from '../names.ts'
import { click, drag, moveTo, reach } from '../pointer.ts'
import { nextTask } from '../settle.ts'

export const OFFERED = 'a[href],button,input:not([type="hidden"]):not([type="file"]),select,textarea,summary,[tabindex],[role="button"],[role="tab"],[role="option"],[role="menuitem"],[contenteditable="true"]'
export const DRAWN = 'svg,canvas,[role="img"]'
const GIVEN: Record<string, string[]> = {
  number: ['7', '0', '-1', '1.5'], date: ['2026-06-15', '2020-01-01', '2030-12-31'], time: ['08:30', '23:59'], month: ['2026-07', '2020-01'], color: ['#336699'],
  email: ['ana@example.com', 'ana@'], url: ['https://example.org', 'example'], tel: ['030 1234'], 'datetime-local': ['2026-06-15T08:30', '2020-01-01T00:00'],
}
const ARROWS = ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End', 'Enter', ' ']
/** Things that say by their cursor that they can be taken. */
const TAKEN = new Set(['grab', 'move', 'col-resize', 'row-resize', 'ew-resize', 'ns-resize'])

/** `words`: for a person, such as `press button “Add”`. `further`: not for who has little time. */
export interface Deed { key: string; words: string; further?: boolean; run(): void | Promise<void> }

/** What can be done with an element; `key`: what it is alike by. */
export function* deedsFor(element: Element, key: string): Generator<Deed> {
  const role = roleOf(element) ?? element.localName
  const on = (what: string, run: () => void | Promise<void>): Deed => ({ key: digest(`${what} ${key}`), words: `${what} ${role} “${nameOf(element)}”`, run })
  if (isField(element)) {
    if (!element.readOnly) yield* writing(element, on)
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

function* writing(element: Element & (HTMLInputElement | HTMLTextAreaElement), on: (what: string, run: () => void | Promise<void>) => Deed): Generator<Deed> {
  const key = (name: string) => (): void => { focus(element); press(name) }
  const further = (what: string, run: () => void | Promise<void>): Deed => ({ ...on(what, run), further: true })
  const sent = (text: string) => async (): Promise<void> => { await write(element, text); press('Enter') }
  yield further('enter', key('Enter'))
  if (element.type === 'range') {
    yield on('more', key('ArrowRight'))
    yield on('most', () => { focus(element); fill(element, element.getAttribute('max') ?? '100') })
    yield on('least', () => { focus(element); fill(element, element.getAttribute('min') ?? '0') })
    return
  }
  const given = GIVEN[element.type]
  yield on('write', () => write(element, given?.[0] ?? 'Abc 12'))
  yield on('send', key('Enter'))
  for (const [at, text] of (given ?? ['', '   ', ' Abc 13 ']).slice(1).entries()) yield further(`send other ${at}`, sent(text))
  if (!given) yield further('write what is there', () => write(element, known(element)))
  yield further('down', key('ArrowDown'))
  if (roleOf(element) === 'combobox') for (const [at, arrow] of ['ArrowDown', 'ArrowDown', 'ArrowUp'].entries()) yield further(`${arrow} ${at}`, key(arrow))
  if (!given) yield further('send what is there', key('Enter'))
  yield further('empty', () => write(element, ''))
  yield further('escape', key('Escape'))
}

/** The beginning of a word that the page shows away from the field, in other letters. */
function known(field: Element): string {
  const shown = [...document.querySelectorAll('li,article,tr,h2,h3,p')].filter((one) => !one.contains(field) && isVisible(one)).map((one) => one.textContent ?? '')
  const words = shown.flatMap((text) => text.match(/\p{L}{5,}/gu) ?? [])
  return (words[Math.floor(words.length / 2)] ?? 'Zzz').slice(0, 4).toUpperCase()
}

/** What can be carried about, and where to: onto the next of its kind, onto the last, and to where the last one lies. */
export function* carrying(scope: Element): Generator<Deed> {
  const all = [...scope.querySelectorAll<HTMLElement>('*')].filter((one) => (one.draggable && !one.matches('a,img')) || (TAKEN.has(getComputedStyle(one).cursor) && !TAKEN.has(getComputedStyle(one.parentElement!).cursor))).filter(isVisible)
  const [first, second] = all
  const last = all.at(-1)
  if (!first || !second || !last) return
  const deed = (words: string, from: HTMLElement, to: HTMLElement, how: Parameters<typeof drag>[2] = {}): Deed => ({
    key: digest(words), words, run: async () => {
      const way = reach(from)
      if ('hit' in way) await drag(way, to, how)
    },
  })
  yield deed('carry the first to the last', first, last)
  yield deed('carry the last to the first', last, first)
  yield deed('carry the first to the second', first, second)
  yield deed('carry the second and think better of it', second, last, { gives: 'up' })
  yield deed('carry the first with a finger', first, last, { by: 'touch' })
  const place = last.parentElement?.parentElement?.parentElement
  if (place && place !== scope) yield deed('carry the second to where the last lies', second, place)
}

async function write(element: Element & (HTMLInputElement | HTMLTextAreaElement), text: string): Promise<void> {
  focus(element)
  if (!isTyped(element)) { fill(element, text); return }
  selectAll(element)
  if (text === '') edit(element, null)
  else await type(text)
  await nextTask()
}
