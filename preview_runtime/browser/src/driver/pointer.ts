import { focus, isFocusable, unfocused } from './focus.ts'
import { press as strike } from './keyboard.ts'
import { prevented } from './noted.ts'
import { nextFrame, nextTask } from './settle.ts'
import { finishAnimations } from './animations.ts'

/** A mouse, as far as a page can tell. */

interface Point { x: number; y: number }

const ID = 1
let kind: 'mouse' | 'touch' = 'mouse'
let captured: Element | undefined
let over: Element | undefined

/** The browser knows of no pointer here: what is captured is kept by us. */
export function providePointer(): void {
  const { setPointerCapture, releasePointerCapture, hasPointerCapture } = Element.prototype
  Element.prototype.setPointerCapture = function (id) { if (id === ID) captured = this; else setPointerCapture.call(this, id) }
  Element.prototype.releasePointerCapture = function (id) { if (id !== ID) releasePointerCapture.call(this, id); else if (captured === this) captured = undefined }
  Element.prototype.hasPointerCapture = function (id) { return id === ID ? captured === this : hasPointerCapture.call(this, id) }
}

/** Where an element can be hit, brought into view, or what lies over all of it. */
export function reach(element: Element): { at: Point; hit: Element } | { covered: Element | null } {
  element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' })
  let { hit, at } = hitAt(element)
  if (!belongs(hit, element)) {
    // What lies over it may be fixed to an edge.
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
    ;({ hit, at } = hitAt(element))
  }
  return hit && belongs(hit, element) ? { at, hit } : { covered: hit }
}

function hitAt(element: Element): { at: Point; hit: Element | null } {
  // A text that wraps has its middle beside it.
  const box = [...element.getClientRects()].find(({ width, height }) => width > 0 && height > 0) ?? element.getBoundingClientRect()
  const at = { x: box.left + box.width / 2, y: box.top + box.height / 2 }
  return { at, hit: document.elementFromPoint(at.x, at.y) }
}

/** A label is as good as its field. */
function belongs(hit: Element | null, element: Element): boolean {
  if (!hit) return false
  if (element.contains(hit)) return true
  return 'labels' in element && [...(element as HTMLInputElement).labels ?? []].some((label) => label.contains(hit))
}

export function moveTo(hit: Element, at: Point, buttons = 0): void {
  if (over !== hit) {
    if (over?.isConnected) {
      pointer('pointerout', over, at, buttons, hit)
      mouse('mouseout', over, at, buttons, 0, hit)
      leave(over, hit, at, 'leave')
    }
    pointer('pointerover', hit, at, buttons, over)
    mouse('mouseover', hit, at, buttons, 0, over)
    leave(hit, over, at, 'enter')
    over = hit
  }
  pointer('pointermove', hit, at, buttons)
  mouse('mousemove', hit, at, buttons)
}

/** `enter` and `leave` go to each element that the pointer was not in, or is not in any more. */
function leave(from: Element, to: Element | undefined, at: Point, what: 'enter' | 'leave'): void {
  for (let element: Element | null = from; element && !element.contains(to ?? null); element = element.parentElement) {
    pointer(`pointer${what}`, element, at, 0, to)
    mouse(`mouse${what}`, element, at, 0, 0, to)
  }
}

export function click(hit: Element, at: Point, times = 1): void {
  moveTo(hit, at)
  for (let n = 1; n <= times; n++) {
    press(hit, at, n)
    lift(hit, at, n)
    const target = document.elementFromPoint(at.x, at.y) ?? hit
    // A click belongs to what was both pressed and let go.
    const common = hit.isConnected ? hit : target
    const field = common.closest('label')?.control
    const clicked = (): boolean => mouse('click', common, at, 0, n)
    const taken = field ? unfocused(field, clicked) : clicked()
    if (taken && field) focus(field)
  }
  if (times === 2 && hit.isConnected) mouse('dblclick', hit, at, 0, 2)
}

function press(hit: Element, at: Point, n = 1): void {
  const wanted = pointer('pointerdown', hit, at, 1)
  if (!wanted || !mouse('mousedown', hit, at, 1, n)) return
  let element: Element | null = hit
  while (element && !isFocusable(element)) element = element.parentElement
  focus(element ?? undefined)
}

function lift(hit: Element, at: Point, n = 1): void {
  pointer('pointerup', hit, at, 0)
  captured = undefined
  mouse('mouseup', hit, at, 0, n)
}

/** By the mouse, or by the browser's own dragging where the element is made for that. `gives` up: Escape before the end. */
export async function drag(from: { hit: Element; at: Point }, to: Element, { by = 'mouse', gives }: { by?: typeof kind; gives?: 'up' } = {}): Promise<void> {
  kind = by
  try { await carry(from, to, gives === 'up') } finally { kind = 'mouse' }
}

async function carry(from: { hit: Element; at: Point }, to: Element, givesUp: boolean): Promise<void> {
  moveTo(from.hit, from.at)
  press(from.hit, from.at)
  const source = from.hit.closest('[draggable="true"]')
  const data = new DataTransfer()
  const dragged = source !== null && dragging('dragstart', source, from.at, data)
  const goal = (): Point => { const box = to.getBoundingClientRect(); return { x: box.left + box.width / 2, y: box.top + box.height / 2 } }
  let last: Element = from.hit
  // In steps, as a hand does: many apps begin to drag only after some way.
  for (let step = 1; step <= 5; step++) {
    const end = goal()
    const at = { x: from.at.x + ((end.x - from.at.x) * step) / 5, y: from.at.y + ((end.y - from.at.y) * step) / 5 }
    const hit = document.elementFromPoint(at.x, at.y) ?? document.body
    if (dragged) {
      dragging('drag', source, at, data)
      if (hit !== last) {
        dragging('dragenter', hit, at, data)
        dragging('dragleave', last, at, data)
      }
      dragging('dragover', hit, at, data)
    } else moveTo(hit, at, 1)
    last = hit
    // What the app does of it is done before the hand goes on, and comes to rest.
    await nextFrame()
    await nextTask()
    await nextFrame()
    finishAnimations()
  }
  const at = goal()
  if (givesUp) strike('Escape')
  if (dragged) {
    // Only who takes it back in `dragover` is dropped on.
    if (!givesUp && !dragging('dragover', last, at, data)) dragging('drop', last, at, data)
    dragging('dragend', source, at, data)
  } else lift(document.elementFromPoint(at.x, at.y) ?? last, at)
}

const common = (at: Point, buttons: number): MouseEventInit => ({ bubbles: true, cancelable: true, composed: true, view: window, clientX: at.x, clientY: at.y, screenX: at.x, screenY: at.y, button: 0, buttons })

function pointer(type: string, element: Element, at: Point, buttons: number, related?: Element): boolean {
  const alone = type === 'pointerenter' || type === 'pointerleave'
  const moved = type === 'pointermove' || type === 'pointerdown' || type === 'pointerup'
  const init = { ...common(at, buttons), bubbles: !alone, pointerId: ID, pointerType: kind, isPrimary: true, width: 1, height: 1, pressure: buttons ? 0.5 : 0, relatedTarget: related ?? null }
  return (moved && captured?.isConnected ? captured : element).dispatchEvent(new PointerEvent(type, type === 'pointermove' ? { ...init, button: -1 } : init)) || prevented(type)
}

function mouse(type: string, element: Element, at: Point, buttons: number, detail = 0, related?: Element): boolean {
  const alone = type === 'mouseenter' || type === 'mouseleave'
  const init = { ...common(at, buttons), bubbles: !alone, detail, relatedTarget: related ?? null }
  const told = element.dispatchEvent(type === 'click' ? new PointerEvent(type, { ...init, pointerId: ID, pointerType: 'mouse', isPrimary: true }) : new MouseEvent(type, init))
  return told || prevented(type)
}

const dragging = (type: string, element: Element, at: Point, dataTransfer: DataTransfer): boolean => element.dispatchEvent(new DragEvent(type, { ...common(at, 1), dataTransfer }))
