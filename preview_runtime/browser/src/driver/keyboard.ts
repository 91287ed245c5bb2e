import { edit, isEditable, isField, isTyped, selectAll } from './fields.ts'
import { focusNext, focused, settleChange } from './focus.ts'
import { prevented } from './noted.ts'
import { nextTask } from './settle.ts'

/** A keyboard: the events of a key, and what the browser does with it where the app does not. */

const CODES: Record<string, number> = { Backspace: 8, Tab: 9, Enter: 13, Escape: 27, ' ': 32, PageUp: 33, PageDown: 34, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Delete: 46 }

interface Held { ctrlKey: boolean; shiftKey: boolean; altKey: boolean; metaKey: boolean }

/** One key such as `Enter`, `a` or `Control+Shift+z`. */
export function press(name: string): void {
  const parts = name.split('+').filter((part) => part !== '')
  const last = name.endsWith('+') ? '+' : parts.at(-1)!
  const key = last === 'Space' ? ' ' : last
  const before = name.endsWith('+') ? parts : parts.slice(0, -1)
  const held = { ctrlKey: before.includes('Control'), shiftKey: before.includes('Shift'), altKey: before.includes('Alt'), metaKey: before.includes('Meta') }
  stroke(key, held)
}

/**
 * Types into what has the focus: all but the last letter at once, as a person pastes or a phone suggests, and the last one
 * by its key. Letter by letter an app would render for each of them, which is most of what a walk takes.
 */
export async function type(text: string): Promise<void> {
  const letters = [...text]
  const last = letters.pop()
  if (letters.length > 0) {
    edit(focused(), letters.join(''))
    await nextTask()
  }
  if (last !== undefined) stroke(last === '\n' ? 'Enter' : last, { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false })
}

function stroke(key: string, held: Held): void {
  const element = focused()
  const down = keyboard('keydown', element, key, held)
  const printed = key.length === 1 || key === 'Enter'
  const kept = down && (!printed || keyboard('keypress', focused(), key, held))
  if (kept) act(focused(), key, held)
  const up = keyboard('keyup', focused(), key, held)
  if (kept && up && key === ' ' && isPressed(focused())) (focused() as HTMLElement).click()
}

const keyboard = (type: string, element: Element, key: string, held: Held): boolean => {
  const code = key === ' ' ? 'Space' : /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : key
  const keyCode = type === 'keypress' ? (key === 'Enter' ? 13 : key.charCodeAt(0)) : CODES[key] ?? key.toUpperCase().charCodeAt(0)
  const told = element.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, composed: true, view: window, key, code, keyCode, ...(type === 'keypress' && { charCode: keyCode }), ...held }))
  return told || prevented(`${type} ${key}`)
}

const isPushed = (element: Element): boolean => element.matches('button,summary,input[type="button"],input[type="submit"],input[type="reset"]')
const isPressed = (element: Element): boolean => isPushed(element) || element.matches('input[type="checkbox"],input[type="radio"]')

function act(element: Element, key: string, held: Held): void {
  const chord = held.ctrlKey || held.metaKey || held.altKey
  if (chord) {
    if (key === 'a' && (held.ctrlKey || held.metaKey)) selectAll(element)
    return
  }
  const writes = isTyped(element) || isEditable(element)
  if (key === 'Tab') focusNext(held.shiftKey)
  else if (key === 'Escape') close()
  else if (key === 'Enter') enter(element)
  else if (key.length === 1 && writes) edit(element, key)
  else if ((key === 'Backspace' || key === 'Delete') && writes) edit(element, null, key === 'Delete' ? 'deleteContentForward' : undefined)
  else if (key.startsWith('Arrow')) step(element, key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1, key)
}

function enter(element: Element): void {
  if (element instanceof HTMLTextAreaElement || isEditable(element)) edit(element, '\n', 'insertLineBreak')
  else if (element instanceof HTMLInputElement && element.form && !isPushed(element)) submit(element, element.form)
  else if (element instanceof HTMLElement && (element.matches('a[href]') || isPushed(element))) element.click()
  else if (isField(element)) settleChange(element)
}

/** Implicit submission (HTML Standard, section 4.10.21.2). */
function submit(field: HTMLInputElement, form: HTMLFormElement): void {
  settleChange(field)
  const button = [...form.elements].find((one): one is HTMLButtonElement => one.matches('button:not([type]),button[type="submit"],input[type="submit"],input[type="image"]'))
  if (button) { if (!button.disabled) button.click() } else if ([...form.elements].filter(isField).length === 1) form.requestSubmit()
}

function close(): void {
  const dialog = [...document.querySelectorAll<HTMLDialogElement>('dialog:modal')].at(-1)
  if (dialog) { if (dialog.dispatchEvent(new Event('cancel', { cancelable: true }))) dialog.close() } else [...document.querySelectorAll<HTMLElement>('[popover="auto"]:popover-open,[popover=""]:popover-open')].at(-1)?.hidePopover()
}

function step(element: Element, by: 1 | -1, key: string): void {
  if (element instanceof HTMLInputElement && element.type === 'radio') {
    const group = [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')].filter((one) => one.name === element.name && one.form === element.form && !one.disabled)
    const next = group.at((group.indexOf(element) + by) % group.length)
    next?.focus()
    next?.click()
  } else if (element instanceof HTMLInputElement && (element.type === 'range' || (element.type === 'number' && /Up|Down/.test(key)))) {
    const up = key === 'ArrowUp' || key === 'ArrowRight'
    if (up) element.stepUp()
    else element.stepDown()
    element.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    settleChange(element)
  } else if (element instanceof HTMLSelectElement) {
    const index = Math.min(element.options.length - 1, Math.max(0, element.selectedIndex + by))
    if (index === element.selectedIndex) return
    element.selectedIndex = index
    element.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    element.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
