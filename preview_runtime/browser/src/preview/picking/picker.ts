import { afterUpdate } from '../client.ts'
import { AimFrame, KEPT_FROM_THE_APP } from '../../aim/aim-frame.ts'
import { decides } from '../../aim/decides.ts'
import { markKey, marksOf } from './marks.ts'
import { PaintedLooks } from '../../aim/painted-looks.ts'
import { shown } from '../../aim/shown.ts'
import { TextField } from '../../aim/text-field.ts'
import type { Pointed, Retyped } from '../../engine/place.ts'
import type { ToPicker } from '../messages.ts'

export { marksOf }

/** Lets the person point at elements of the app, and type over their texts. Nothing of it reaches the app. */

const MOST_TEXT = 300
/** More elements are not counted: it only says that there are many. */
const MOST_COUNTED = 20_000

const hovered = new AimFrame()
const chosen = new AimFrame(true)
const painted = new PaintedLooks()
let on = false
let following: { step: -1 | 0 | 1; parent: Element | null; at: number } | undefined
let under: Element | undefined
let picked: Element | undefined
let field: TextField | undefined
let retyping = 0
const waiting = new Map<number, { node: Text; from: string; to: string }>()

const say: (message: Parameters<NonNullable<typeof globalThis.__sayso>['send']>[0]) => void = (message) => globalThis.__sayso?.send(message)

export function hear(message: ToPicker): void {
  if (message.type === 'aim') set(message.on)
  else if (message.type === 'paint') { if (picked) painted.show(alike(picked), message.property, message.value) }
  else if (message.type === 'settle') painted.settle()
  else if (message.type === 'follow') { if (picked) following = { step: message.step, parent: picked.parentElement, at: placeAmong(picked) } }
  else if (message.type === 'decide') { if (picked) say({ type: 'decided', n: message.n, pointed: pointed(picked), decided: painted.apart(() => decides(picked!, message.property)) }) }
  else if (message.type === 'retype') { if (picked) edit(picked, textIn(picked)) }
  else {
    const change = waiting.get(message.n)
    waiting.delete(message.n)
    if (change?.node.data === change?.to && change) change.node.data = change.from
  }
}

function set(next: boolean): void {
  if (on === next) return
  on = next
  document.documentElement.style.cursor = on ? 'crosshair' : ''
  field?.end()
  if (on) {
    window.focus()
    say({ type: 'aiming' })
    return
  }
  under = picked = undefined
  painted.end()
  hovered.hide()
  chosen.hide()
}

function leave(): void {
  set(false)
  say({ type: 'unaimed' })
}

for (const type of KEPT_FROM_THE_APP) window.addEventListener(type, (event) => keep(event), { capture: true, passive: false })
window.addEventListener('pointermove', ({ target, pointerType }) => { if (on && !field && pointerType === 'mouse' && target instanceof Element) look(target) }, { capture: true })
window.addEventListener('keydown', (event) => { if (on && !field) press(event) }, { capture: true })
for (const type of ['scroll', 'resize'] as const) window.addEventListener(type, () => frames(), { capture: true, passive: true })
afterUpdate(() => {
  requestAnimationFrame(() => {
    painted.written()
    follow()
    frames()
    if (on && picked?.isConnected) tell(picked, true)
  })
})

const placeAmong = (element: Element): number => [...element.parentElement?.children ?? []].indexOf(element)

/** A framework may move the element or only what is in it. */
function follow(): void {
  if (!following) return
  const { step, parent, at } = following
  following = undefined
  if (step === 0) under = picked = undefined
  else if (!picked?.isConnected || placeAmong(picked) === at) under = picked = parent?.children[at + step] ?? picked
}

function frames(): void {
  if (under?.isConnected) hovered.show(under)
  else hovered.hide()
  if (picked?.isConnected) chosen.show(picked)
  else chosen.hide()
}

function look(element: Element): void {
  under = element
  frames()
}

function keep(event: Event): void {
  if (!on || field?.contains(event)) return
  if (event.cancelable) event.preventDefault()
  event.stopImmediatePropagation()
  if (!event.isTrusted || !(event.target instanceof Element)) return
  if (event.type === 'pointerdown') field?.commit()
  if (event.type === 'click') pick(event.target)
  else if (event.type === 'dblclick') {
    const { clientX, clientY } = event as MouseEvent
    edit(event.target, textAt(event.target, clientX, clientY))
  }
}

function pick(element: Element): void {
  if (picked !== element) painted.end()
  picked = element
  look(element)
  tell(element, false)
}

const tell = (element: Element, again: boolean): void => say({ type: 'aimed', pointed: pointed(element), chosen: true, again, shown: shown(element) })

/** Arrows go out, in, and to what is beside; Tab goes through everything in the order of the page. */
function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const from = under?.isConnected ? under : undefined
  const to: Record<string, () => Element | null | undefined> = {
    ArrowUp: () => (from?.parentElement === document.documentElement ? from : from?.parentElement),
    ArrowDown: () => (from ?? document).querySelector(from ? ':scope > *' : 'body'),
    ArrowLeft: () => from?.previousElementSibling, ArrowRight: () => from?.nextElementSibling, Tab: () => beside(from, event.shiftKey ? -1 : 1),
  }
  if (event.key === 'Escape') leave()
  else if (event.key === 'Enter') { if (from) pick(from) }
  else if (event.key === 'F2') { if (from) { pick(from); edit(from, textIn(from)) } }
  else if (event.key in to) {
    const next = to[event.key]!()
    if (next && shows(next)) {
      next.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      look(next)
      say({ type: 'aimed', pointed: { ...pointed(next), marks: [] }, chosen: false, again: false })
    }
  } else return
  event.preventDefault()
  event.stopImmediatePropagation()
}

const shows = (element: Element): boolean => { const { width, height } = element.getBoundingClientRect(); return width > 0 && height > 0 }

function beside(from: Element | undefined, step: 1 | -1): Element | undefined {
  const all = [...document.body.querySelectorAll('*')].filter((element) => !/^(?:SCRIPT|STYLE|TEMPLATE|NOSCRIPT)$/.test(element.tagName) && shows(element))
  const at = from ? all.indexOf(from) : -1
  return all.at((at + step) % all.length)
}

function pointed(element: Element): Pointed {
  const found = marksOf(element)
  const others = found.own ? alike(element) : [element]
  const text = (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, MOST_TEXT)
  return { tag: element.localName, text, ...found, repeated: others.length, nth: Math.max(0, others.indexOf(element)) }
}

/** All elements that come from the same place, in the order of the page. */
function alike(element: Element): Element[] {
  const [first] = marksOf(element).marks
  if (!first) return [element]
  const key = markKey(first)
  return [...document.body.getElementsByTagName(element.localName)].slice(0, MOST_COUNTED).filter((other) => { const [mark] = marksOf(other).marks; return mark !== undefined && markKey(mark) === key })
}

const texts = (element: Element): Text[] => [...element.childNodes].filter((node): node is Text => node instanceof Text && node.data.trim() !== '')

/** The text of an element, or of the only thing in it that has one. */
function textIn(element: Element): Text | undefined {
  const own = texts(element)
  if (own.length > 0) return own[0]
  return element.childElementCount === 1 ? textIn(element.firstElementChild!) : undefined
}

function textAt(element: Element, x: number, y: number): Text | undefined {
  const range = document.createRange()
  for (const text of texts(element)) {
    range.selectNodeContents(text)
    if ([...range.getClientRects()].some((box) => x >= box.left - 2 && x <= box.right + 2 && y >= box.top - 2 && y <= box.bottom + 2)) return text
  }
  return textIn(element)
}

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim()

function edit(target: Element, node: Text | undefined): void {
  field?.end()
  const element = node?.parentElement
  if (!node || !element) { pick(target); return }
  if (picked !== element) pick(element)
  hovered.hide()
  const from = node.data
  const others = alike(element).filter((other) => texts(other).some(({ data }) => plain(data) === plain(from)))
  const about = pointed(element)
  field = new TextField(node, element, (to) => {
    field = undefined
    window.focus()
    frames()
    if (to === undefined || plain(to) === plain(from)) { node.data = from; return }
    const n = ++retyping
    waiting.set(n, { node, from, to: node.data })
    const retyped: Retyped = { from: plain(from), to: plain(to), nth: Math.max(0, others.indexOf(element)), same: others.length }
    say({ type: 'retyped', n, pointed: about, retyped })
  })
}
