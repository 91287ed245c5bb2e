import { settleChange } from './focus.ts'

/** What stands in a field, and changing it so that every framework hears of it. */

export type Field = HTMLInputElement | HTMLTextAreaElement

/** Fields in which the browser tells where the caret is: the others are filled as a whole. */
const TYPED = new Set(['text', 'search', 'url', 'tel', 'password'])
const NOT_FILLED = new Set(['checkbox', 'radio', 'button', 'submit', 'reset', 'image', 'file', 'hidden'])

export const isField = (element: Element): element is Field => element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && !NOT_FILLED.has(element.type))
export const isTyped = (element: Element): element is Field => element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && TYPED.has(element.type))
export const isEditable = (element: Element): element is HTMLElement => element instanceof HTMLElement && element.isContentEditable

/** Sets the value past the setter that React lays over it, which would hide the change from React itself. */
export function setValue(field: Field | HTMLSelectElement, value: string): void {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')!.set!.call(field, value)
}

/** One change of a text by hand. False where the app forbids it. `data` null: what is selected is deleted. */
export function edit(element: Element, data: string | null, inputType = data === null ? 'deleteContentBackward' : 'insertText'): boolean {
  const init = { bubbles: true, cancelable: true, composed: true, data, inputType }
  if (!element.dispatchEvent(new InputEvent('beforeinput', init))) return false
  if (isField(element)) {
    const { value } = element
    let [start, end] = isTyped(element) ? [element.selectionStart ?? value.length, element.selectionEnd ?? value.length] : [0, value.length]
    if (data === null && start === end) start = Math.max(0, start - 1)
    const room = element.maxLength >= 0 ? Math.max(0, element.maxLength - (value.length - (end - start))) : Infinity
    const text = (data ?? '').slice(0, room)
    setValue(element, value.slice(0, start) + text + value.slice(end))
    if (isTyped(element)) element.setSelectionRange(start + text.length, start + text.length)
  } else if (data === null) document.execCommand('delete')
  else document.execCommand('insertText', false, data)
  element.dispatchEvent(new InputEvent('input', { ...init, cancelable: false }))
  return true
}

/** A whole value at once, of a field that is not typed: a date, a number, a colour. False where it takes no such value. */
export function fill(field: Field, value: string): boolean {
  setValue(field, value)
  if (field.value !== value) return false
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: value, inputType: 'insertReplacementText' }))
  settleChange(field)
  return true
}

export function selectAll(element: Element): void {
  if (isTyped(element)) element.setSelectionRange(0, element.value.length)
  else if (isEditable(element)) getSelection()?.selectAllChildren(element)
}

/** Picks the option with these words. False where there is none. */
export function pick(list: HTMLSelectElement, words: (text: string) => boolean): boolean {
  const option = [...list.options].find((one) => words(one.label) && !one.disabled)
  if (!option) return false
  option.selected = true
  list.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
  list.dispatchEvent(new Event('change', { bubbles: true }))
  return true
}
