import { isVisible } from './names.ts'

/**
 * The focus of a page in which nobody sits. A real one would take the caret from the person who is typing beside it, and
 * the browser tells a page of it only while its window is in front: so the page is told by us, and asks us.
 */

const FOCUSABLE = 'a[href],button,input:not([type="hidden"]),select,textarea,summary,[tabindex],[contenteditable]:not([contenteditable="false"])'
const reallyBlur = HTMLElement.prototype.blur

let active: HTMLElement | SVGElement | undefined
/** The value that the field had when it got the focus: a change is told when it leaves it. */
let before = ''

export const focused = (): Element => (active?.isConnected ? active : document.body)

export function provideFocus(): void {
  Object.defineProperty(document, 'activeElement', { configurable: true, get: focused })
  document.hasFocus = () => true
  window.focus = () => undefined
  for (const kind of [HTMLElement, SVGElement]) {
    kind.prototype.focus = function (this: HTMLElement | SVGElement) { focus(this) }
    kind.prototype.blur = function (this: HTMLElement | SVGElement) { if (this === active) focus(undefined) }
  }
  // The browser's own brings the focus with it.
  for (const kind of [HTMLInputElement, HTMLTextAreaElement]) {
    kind.prototype.select = function (this: HTMLInputElement | HTMLTextAreaElement) {
      focus(this)
      if (this.selectionStart !== null) this.setSelectionRange(0, this.value.length)
    }
  }
  withoutTheBrowsers()
  provideReports()
  for (const name of ['showModal', 'show'] as const) {
    const show = HTMLDialogElement.prototype[name]
    HTMLDialogElement.prototype[name] = function (this: HTMLDialogElement) {
      const from = focused()
      unfocused(this, () => show.call(this))
      focus(this.querySelector<HTMLElement>('[autofocus]') ?? [...this.querySelectorAll<HTMLElement>(FOCUSABLE)].find(isFocusable) ?? this, true)
      this.addEventListener('close', () => { if (from instanceof HTMLElement) focus(from) }, { once: true })
    }
  }
}

/** Does what makes the browser give `element`, or what is in it, the focus; while that is inert, it cannot. */
export function unfocused<T>(element: HTMLElement, act: () => T): T {
  const { inert } = element
  element.inert = true
  try { return act() } finally { element.inert = inert }
}

/** What the browser moves by itself (to the field of a label, to one that is not valid) it moves only while its window is in front. */
function withoutTheBrowsers(): void {
  for (const type of ['focus', 'focusin', 'blur', 'focusout']) {
    window.addEventListener(type, (event) => {
      if (!event.isTrusted || !(event.target instanceof Element)) return
      event.stopImmediatePropagation()
      if (type === 'focus') reallyBlur.call(event.target as HTMLElement)
    }, true)
  }
}

/** A form that is not valid is not sent, and the first field of which that is so has the focus. */
function provideReports(): void {
  let checking = 0
  let reported = false
  for (const kind of [HTMLFormElement, HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement, HTMLButtonElement, HTMLFieldSetElement, HTMLOutputElement]) {
    const { checkValidity } = kind.prototype
    kind.prototype.checkValidity = function (this: HTMLElement) {
      checking++
      try { return checkValidity.call(this as never) } finally { checking-- }
    }
  }
  const report = (event: Event): void => {
    if (event.defaultPrevented) return
    event.preventDefault()
    if (reported) return
    reported = true
    queueMicrotask(() => { reported = false })
    focus(event.target as HTMLElement)
  }
  // After what the app itself listens with: it may report in its own way.
  window.addEventListener('invalid', (event) => { if (checking === 0) event.target?.addEventListener('invalid', report, { once: true }) }, true)
}

export function isFocusable(element: Element): element is HTMLElement | SVGElement {
  return (element instanceof HTMLElement || element instanceof SVGElement) && element.matches(FOCUSABLE) && !element.matches(':disabled') && isVisible(element)
}

/** Moves the focus and tells of it, as the browser would. `anyway`: also to what nobody could focus by hand. */
export function focus(next: HTMLElement | SVGElement | undefined, anyway = false): void {
  const last = active?.isConnected ? active : undefined
  if (next === last || (next && !anyway && !isFocusable(next))) return
  active = next
  if (last) {
    settleChange(last)
    tell(last, 'blur', next)
    tell(last, 'focusout', next)
  }
  // A listener may have moved it on.
  if (!next || active !== next) return
  before = valueOf(next)
  tell(next, 'focus', last)
  tell(next, 'focusin', last)
}

const tell = (element: Element, type: string, other: Element | undefined): void => {
  element.dispatchEvent(new FocusEvent(type, { bubbles: type === 'focusin' || type === 'focusout', composed: true, relatedTarget: other ?? null, view: window }))
}

/** Tells of what was typed into a field, as happens when it is left or Enter is pressed. */
export function settleChange(element: Element): void {
  const value = valueOf(element)
  if (value === before) return
  before = value
  element.dispatchEvent(new Event('change', { bubbles: true }))
}

const valueOf = (element: Element): string => (element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && !['checkbox', 'radio'].includes(element.type)) ? element.value : '')

/** The next one in the order of the Tab key. */
export function focusNext(backwards: boolean): void {
  const modal = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document
  const all = [...modal.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => isFocusable(element) && element.tabIndex >= 0)
  const ordered = [...all.filter((e) => e.tabIndex > 0).sort((a, b) => a.tabIndex - b.tabIndex), ...all.filter((e) => e.tabIndex === 0)]
  const at = ordered.indexOf(focused() as HTMLElement)
  focus(ordered.at(at < 0 ? (backwards ? -1 : 0) : (at + (backwards ? -1 : 1)) % ordered.length))
}
