import { digest } from '../../engine/digest.ts'
import { focus } from '../focus.ts'
import { isSpoilt, remember } from '../kept.ts'
import { press } from '../keyboard.ts'
import { folded, isVisible, nameOf } from '../names.ts'
import { listensTo } from '../noted.ts'
import { damage } from './damage.ts'
import { DRAWN, OFFERED, carrying, deedsFor } from './deeds.ts'
import type { Deed } from './deeds.ts'

/**
 * A stroll: what a curious person does with an app of which they know nothing. They press what can be pressed, write into
 * what can be written into, carry what can be carried, each thing once; of a long row of alike things the first few. Then
 * they load the page anew, and at last spoil what it keeps. Without the clock and chance of the page in our hands no two
 * strolls would be the same.
 */

const ALIKE = 3
const ROW = 8
/** How often a thing is done that comes up again and again, such as the question after this one. */
const AGAIN = 4
/** So many alike things are a board, such as of cards or of days: they are pressed here and there, so often. */
const BOARD = 4
const ON_BOARD = 40
/** Leads about a board as if by chance: 2³² by the golden ratio. */
const STRIDE = 0x9e3779b1
/** After so many deeds what is kept is spoilt, be there more to do or not. */
const MAX_DONE = 170
const KEYS = [' ', 'Enter', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', '1', '2', '5', '0', '.', '+', '-', '*', '/', '=', '%', '?', 'n', 's', 'Backspace', 'Delete', 'Home', 'End', 'Control+z', 'Control+k', 'Escape']

/** What was there when it was last looked at: what has come since is of more interest. */
let met = new WeakSet<Element>()

/**
 * The first thing to do that is not in `done`; undefined where there is nothing more. `briefly`: without what is further
 * away, and from the last one on the page.
 */
export function nextDeed(done: ReadonlySet<string>, briefly: boolean): Deed | undefined {
  remember()
  const fresh = ({ key, further }: Deed): boolean => !done.has(key) && !(briefly && further)
  if (done.size < MAX_DONE && !isSpoilt()) {
    const { come, stayed, left } = offered(done)
    if (briefly) for (const deeds of [come, stayed]) deeds.reverse()
    const all = [...come, ...stayed.filter(({ words }) => !words.startsWith('carry')), ...left, ...stayed, ...keys()]
    const next = all.find(fresh) ?? again([...come, ...stayed], done)
    if (next) return next
  }
  return [reload(), ...damage()].find(fresh)
}

function offered(done: ReadonlySet<string>): { come: Deed[]; stayed: Deed[]; left: Deed[] } {
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
  return { come, stayed: [...stayed, ...carrying(scope)], left }
}

function again(deeds: Deed[], done: ReadonlySet<string>): Deed | undefined {
  for (const [key, alike] of Map.groupBy(deeds.filter(({ words }) => words.startsWith('press ')), (deed) => deed.key)) {
    const often = alike.length >= BOARD ? ON_BOARD : AGAIN
    for (let time = 2; time <= often; time++) {
      if (!done.has(`${key}${time}`)) return { ...alike[(Math.imul(time, STRIDE) >>> 12) % alike.length]!, key: `${key}${time}` }
    }
  }
  return undefined
}

/** Keys that belong to the page as a whole, where it listens to any. */
function keys(): Deed[] {
  if (!listensTo('keydown') && !listensTo('keyup')) return []
  // What they do depends on what is open.
  const place = digest([...document.querySelectorAll('h1,h2,[role="heading"]')].filter(isVisible).map((heading) => heading.textContent).join().replace(/\d+/g, '#'))
  return KEYS.map((key) => ({ key: digest(`key ${key} ${place}`), words: `press the key ${key}`, further: true, run: () => { focus(undefined); press(key) } }))
}

const reload = (): Deed => ({ key: digest('reload'), words: 'load the page anew', run: () => location.reload() })

/** The tags that lead to an element: alike for all the rows of a list. */
function wayTo(element: Element): string {
  const tags: string[] = []
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) tags.push(at.localName)
  return tags.join('<')
}
