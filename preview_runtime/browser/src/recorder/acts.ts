import { isEditable, isField, isTyped } from '../driver/fields.ts'
import { textOf } from '../driver/find.ts'
import { keyName, isMeant } from './keys.ts'
import { isSecret, placeholderFor } from './secrets.ts'
import { actedOn, targetAround, targetOf } from './targets.ts'
import type { TakesKeys } from './keys.ts'
import type { LeftOut } from '../engine/recording.ts'
import type { WalkStep, WalkTarget } from '../engine/walk.ts'

/** What a person does in the page, as steps of a walk. Each event is seen before the app's own listeners see it. */

export interface Notebook {
  /** A step with a `key` that was told before takes the place of that one. */
  recorded(key: number, step: WalkStep): void
  dropped(key: number): void
  leftOut(why: LeftOut, words?: string): void
}

/** So far a hand moves without meaning it, CSS pixels. */
const STILL = 10
const MOST_TYPED = 5_000

function takesKeys(element: Element): TakesKeys {
  if (element instanceof HTMLSelectElement) return 'list'
  if (element instanceof HTMLInputElement) return isField(element) ? 'line' : 'other'
  return isField(element) || isEditable(element) ? 'text' : 'other'
}

interface Down { element: Element; target: WalkTarget | undefined; x: number; y: number }
interface Clicked { key: number; element: Element }

/** `count`: the last key that was given; `idle`: nothing is recorded at the moment. */
export function followActs(notebook: Notebook, count: { last: number }, idle: () => boolean): void {
  let down: Down | undefined
  let typing: { element: Element; key: number; target: WalkTarget } | undefined
  let clicks: Clicked[] = []
  /** A key is down that the browser turns into clicks. */
  let keyed = false
  let dragged = false
  let dragging: { element: Element; target: WalkTarget | undefined } | undefined

  const record = (step: WalkStep): number => { notebook.recorded(++count.last, step); return count.last }
  /** The element, named as it was before anything happened to it. */
  const named = (element: Element): WalkTarget | undefined => (down?.element === element ? down.target : targetOf(element))
  const on = <E extends Event>(type: string, run: (event: E, element: Element) => void): void => window.addEventListener(type, (event) => {
    if (event.isTrusted && !idle()) run(event as E, event.target instanceof Element ? event.target : document.body)
  }, { capture: true })

  on<PointerEvent>('pointerdown', ({ button, clientX, clientY }, inner) => {
    if (button !== 0) return
    const element = actedOn(inner)
    down = { element, target: targetOf(element), x: clientX, y: clientY }
  })
  on('pointercancel', () => { down = undefined })
  on<PointerEvent>('pointerup', ({ clientX, clientY }) => {
    if (!down || Math.hypot(clientX - down.x, clientY - down.y) < STILL) return
    const from = down
    // Marking words, and moving a slider, are told by other events.
    if (isField(from.element) || getSelection()?.isCollapsed === false) return
    const under = document.elementsFromPoint(clientX, clientY).find((one) => !from.element.contains(one) && !one.contains(from.element))
    if (!under) {
      if (from.element.closest('canvas,svg')) notebook.leftOut('moved')
      return
    }
    const to = targetAround(under)
    if (!to || !from.target) return
    dragged = true
    setTimeout(() => { dragged = false })
    record({ drag: from.target, to })
  })

  on<MouseEvent>('click', ({ button, detail }, inner) => {
    if (button !== 0 || dragged || (keyed && detail === 0)) return
    const control = inner.closest('label')?.control
    // The browser goes on to click what the label is of.
    if (control && !control.contains(inner) && !inner.closest('a[href],button')) return
    click(actedOn(inner))
  })

  function click(element: Element): void {
    if (element instanceof HTMLSelectElement || element instanceof HTMLOptionElement) return
    if (element instanceof HTMLInputElement && element.type === 'file') return notebook.leftOut('file')
    if (isField(element) && !isTyped(element)) return
    const target = named(element) ?? (down?.element.contains(element) ? down.target : undefined)
    if (!target) return notebook.leftOut('nameless')
    const box = element instanceof HTMLInputElement && ['checkbox', 'radio'].includes(element.type) ? element : undefined
    // The browser has turned it already.
    const key = record(box ? (box.checked ? { check: target } : { uncheck: target }) : { click: target })
    clicks = [...clicks.slice(-1), { key, element }]
  }

  on('dblclick', (_, inner) => {
    const element = actedOn(inner)
    const [first, second] = clicks
    const target = named(element)
    if (!first || !second || !target || second.key !== count.last || first.key !== count.last - 1 || isTyped(element)) return
    notebook.dropped(first.key)
    notebook.dropped(second.key)
    record({ double_click: target })
  })

  on('input', (_, inner) => {
    const element = inner.closest('[contenteditable]:not([contenteditable="false"])') ?? inner
    if (!isField(element) && !isEditable(element)) return
    const secret = isSecret(element) && element instanceof HTMLInputElement
    const text = secret ? placeholderFor(element) : (isField(element) ? element.value : textOf(element)).slice(0, MOST_TYPED)
    if (typing?.element === element && typing.key === count.last) {
      notebook.recorded(count.last, { type: text, into: typing.target })
      if (secret) notebook.leftOut('secret')
      return
    }
    const target = named(element)
    if (!target) return notebook.leftOut('nameless')
    // To type into it is to go into it.
    const into = clicks.at(-1)
    if (into?.element === element && into.key === count.last) notebook.dropped(count.last)
    typing = { element, target, key: record({ type: text, into: target }) }
    if (secret) notebook.leftOut('secret')
  })

  on('change', (_, element) => {
    if (!(element instanceof HTMLSelectElement)) return
    const target = named(element)
    const words = element.selectedOptions[0]?.label.trim()
    if (element.multiple) notebook.leftOut('several')
    else if (!target) notebook.leftOut('nameless')
    else if (words) record({ select: words, of: target })
  })

  on<KeyboardEvent>('keydown', (event) => {
    const key = event.isComposing ? undefined : keyName(event)
    if (key === undefined) return
    keyed = true
    const element = document.activeElement ?? document.body
    const meant = isMeant(event, takesKeys(element))
    if (meant === 'never') return
    const target = element === document.body || element.contains(document.body) ? undefined : targetOf(element)
    const tell = (): void => { record({ press: key, ...(target && { on: target }) }) }
    if (meant === 'always') tell()
    // What the app takes for itself is known once it had the event.
    else setTimeout(() => { if (event.defaultPrevented) tell() })
  })
  on('keyup', () => setTimeout(() => { keyed = false }))

  on('dragstart', (_, element) => { dragging = { element, target: targetAround(element) } })
  on('drop', (_, element) => {
    const to = targetAround(element)
    if (dragging?.target && to) record({ drag: dragging.target, to })
    else if (dragging) notebook.leftOut('nameless')
  })
  on('dragend', () => { dragging = down = undefined })
}
