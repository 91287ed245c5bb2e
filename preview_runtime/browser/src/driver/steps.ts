import { edit, fill, isEditable, isField, isTyped, pick, selectAll } from './fields.ts'
import { findAll, nearest, textOf } from './find.ts'
import { focus, focused, isFocusable } from './focus.ts'
import { press, type } from './keyboard.ts'
import { folded, isVisible, nameOf } from './names.ts'
import { click, drag, moveTo, reach } from './pointer.ts'
import { real } from './clock.ts'
import { pass, rest, until } from './settle.ts'
import type { Outcome, WalkStep, WalkTarget, Why } from '../engine/walk.ts'

/** How long an element or an expectation is waited for, unless the step says otherwise. */
const WAIT_MS = 1_000
const SAW_CHARACTERS = 200

class Failed extends Error {
  readonly why: Why
  readonly saw: string[]

  constructor(why: Why, saw: string[] = []) {
    super(why)
    this.why = why
    this.saw = saw
  }
}

/** Does one step, or looks whether what it expects is there. Those that load a page are the page's own. */
export async function perform(step: WalkStep): Promise<Outcome> {
  try {
    await run(step)
    return { saw: [] }
  } catch (error) {
    if (error instanceof Failed) return { why: error.why, saw: error.saw.map((text) => text.slice(0, SAW_CHARACTERS)) }
    throw error
  }
}

async function run(step: WalkStep): Promise<void> {
  if ('click' in step) await hit(step.click, (at, element) => click(element, at))
  else if ('double_click' in step) await hit(step.double_click, (at, element) => click(element, at, 2))
  else if ('hover' in step) await hit(step.hover, (at, element) => moveTo(element, at))
  else if ('type' in step) await typeInto(step.type, step.into)
  else if ('press' in step) await pressOn(step.press, step.on)
  else if ('select' in step) await select(step.select, step.of)
  else if ('check' in step) await check(step.check, true)
  else if ('uncheck' in step) await check(step.uncheck, false)
  else if ('drag' in step) await dragTo(step.drag, step.to)
  else if ('wait' in step) await pass(step.wait * 1_000)
  else if ('store' in step) localStorage.setItem(step.store, step.value)
  else if ('see' in step) await see(step)
  else if ('not_see' in step) await notSee(step.not_see, wait(step))
  else if ('stored' in step) await stored(step.stored, step.under, wait(step))
  else if ('at' in step) await at(step.at, wait(step))
}

const wait = (step: { seconds?: number }): number => (step.seconds ? step.seconds * 1_000 : WAIT_MS)

/** The one element that fits, once it is there. */
async function one(target: WalkTarget): Promise<Element> {
  const element = await until(() => { const found = findAll(target); return found.length === 1 ? found[0] : undefined }, WAIT_MS)
  if (element) return element
  const found = findAll(target)
  if (found.length === 0) throw new Failed('none', nearest(target))
  throw new Failed('many', found.slice(0, 8).map((each) => nameOf(each) || textOf(each)))
}

async function hit(target: WalkTarget, act: (at: { x: number; y: number }, element: Element) => void): Promise<void> {
  await one(target)
  let problem: Failed | undefined
  // It may still be on its way: what moves or opens is there a moment later.
  const reached = await until(() => {
    const [element, ...others] = findAll(target)
    if (!element || others.length > 0) return undefined
    if (element.matches(':disabled,[aria-disabled="true"]')) { problem = new Failed('disabled', [nameOf(element)]); return undefined }
    const way = reach(element)
    if ('hit' in way) return way
    problem = new Failed('covered', way.covered ? [nameOf(way.covered) || textOf(way.covered) || way.covered.localName] : [])
    return undefined
  }, WAIT_MS)
  if (!reached) throw problem ?? new Failed('none', nearest(target))
  act(reached.at, reached.hit)
}

async function typeInto(text: string, target: WalkTarget): Promise<void> {
  const element = await one(target)
  if (!isField(element) && !isEditable(element)) throw new Failed('unfit', [nameOf(element)])
  if (isField(element) && (element.disabled || element.readOnly)) throw new Failed('disabled', [nameOf(element)])
  focus(element)
  // Focus may have made it another one.
  const field = element.isConnected ? element : await one(target)
  if (isField(field) && !isTyped(field)) {
    if (!fill(field, text)) throw new Failed('unfit', [nameOf(field)])
    return
  }
  selectAll(field)
  if (text === '') edit(field, null)
  else await type(text)
}

async function pressOn(key: string, target: WalkTarget | undefined): Promise<void> {
  if (target) {
    const element = await one(target)
    if (!isFocusable(element)) throw new Failed('unfit', [nameOf(element)])
    focus(element)
  }
  press(key)
}

async function select(words: string, target: WalkTarget): Promise<void> {
  const list = await one(target)
  if (!(list instanceof HTMLSelectElement)) throw new Failed('unfit', [nameOf(list)])
  if (list.disabled) throw new Failed('disabled', [nameOf(list)])
  focus(list)
  const sought = folded(words)
  const picked = await until(() => pick(list, (text) => folded(text) === sought) || pick(list, (text) => folded(text).includes(sought)) || undefined, WAIT_MS)
  if (!picked) throw new Failed('no_option', [...list.options].slice(0, 8).map((option) => option.label))
}

async function check(target: WalkTarget, wanted: boolean): Promise<void> {
  const element = await one(target)
  const is = STATES.checked(element)
  if (is === undefined) throw new Failed('unfit', [nameOf(element)])
  if (is !== wanted) await hit(target, (at, element) => click(element, at))
}

async function dragTo(source: WalkTarget, goal: WalkTarget): Promise<void> {
  const to = await one(goal)
  const way = reach(await one(source))
  if ('covered' in way) throw new Failed('covered', way.covered ? [nameOf(way.covered) || textOf(way.covered)] : [])
  await drag(way, to)
}

const flag = (element: Element, name: string): boolean | undefined => { const value = element.getAttribute(name); return value === null ? undefined : value === 'true' }

/** What state an element is in; undefined where it has no such state. */
export const STATES = {
  value: (element: Element): string | undefined => {
    if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.label
    if (isField(element)) return element.value
    if (isEditable(element)) return textOf(element)
    if (element instanceof HTMLProgressElement || element instanceof HTMLMeterElement || element instanceof HTMLOutputElement) return String(element.value)
    return element.getAttribute('aria-valuetext') ?? element.getAttribute('aria-valuenow') ?? undefined
  },
  checked: (element: Element): boolean | undefined => (element instanceof HTMLInputElement && ['checkbox', 'radio'].includes(element.type) ? element.checked : flag(element, 'aria-checked')),
  pressed: (element: Element): boolean | undefined => flag(element, 'aria-pressed'),
  selected: (element: Element): boolean | undefined => (element instanceof HTMLOptionElement ? element.selected : flag(element, 'aria-selected')),
  expanded: (element: Element): boolean | undefined => {
    const details = element.localName === 'summary' ? element.closest('details') : element
    return details instanceof HTMLDetailsElement ? details.open : flag(element, 'aria-expanded')
  },
  disabled: (element: Element): boolean | undefined => element.matches(':disabled,[aria-disabled="true"]'),
  focused: (element: Element): boolean | undefined => focused() === element,
}

async function see(step: Extract<WalkStep, { see: unknown }>): Promise<void> {
  const target = step.see
  const ms = wait(step)
  if (step.count !== undefined) {
    const { count } = step
    if (!(await until(() => findAll(target).length === count || undefined, ms))) throw new Failed('count', [String(findAll(target).length), ...nearest(target)])
    return
  }
  const states = (Object.keys(STATES) as (keyof typeof STATES)[]).flatMap((name) => { const wanted = step[name]; return wanted === undefined ? [] : [{ name, wanted }] })
  if (states.length === 0) {
    if (!(await until(() => findAll(target).length > 0 || undefined, ms))) throw new Failed('none', nearest(target))
    return
  }
  const fits = (element: Element): boolean => states.every(({ name, wanted }) => { const is = STATES[name](element); return name === 'value' ? is !== undefined && folded(String(is)) === folded(String(wanted)) : (is ?? false) === wanted })
  const met = await until(() => { const found = findAll(target); return (found.length === 1 && fits(found[0]!)) || undefined }, ms)
  if (met) return
  const found = findAll(target)
  if (found.length === 0) throw new Failed('none', nearest(target))
  if (found.length > 1) throw new Failed('many', found.slice(0, 8).map((each) => nameOf(each) || textOf(each)))
  throw new Failed('state', states.map(({ name }) => `${name}: ${STATES[name](found[0]!) ?? '–'}`))
}

async function notSee(target: WalkTarget, ms: number): Promise<void> {
  const end = real.now() + ms
  do {
    const gone = await until(() => findAll(target).length === 0 || undefined, end - real.now())
    if (!gone) throw new Failed('still_there', findAll(target).slice(0, 8).map((each) => nameOf(each) || textOf(each)))
    // What is not there yet would pass as gone.
    await rest(end - real.now())
  } while (findAll(target).length > 0)
}

async function stored(words: string, under: string | undefined, ms: number): Promise<void> {
  const areas = [localStorage, sessionStorage]
  const keys = (): [string, string][] => areas.flatMap((area) => Object.keys(area).map((key): [string, string] => [key, area.getItem(key) ?? '']))
  const holds = (): true | undefined => keys().some(([key, value]) => (under === undefined || key === under) && folded(value).includes(folded(words))) || undefined
  if (!(await until(holds, ms))) throw new Failed('not_stored', keys().slice(0, 8).map(([key, value]) => `${key}: ${value}`))
}

async function at(path: string, ms: number): Promise<void> {
  const here = (): string => location.pathname + location.search + location.hash
  if (!(await until(() => here() === path || undefined, ms))) throw new Failed('elsewhere', [here()])
}

/** Whether the app shows anything at all. */
export const isThere = (): boolean => document.body !== null && [...document.body.children].some(isVisible)
