import { isEditable, isField } from '../driver/fields.ts'
import { findAll, textOf } from '../driver/find.ts'
import { isVisible, nameOf, roleOf } from '../driver/names.ts'
import { STATES } from '../driver/steps.ts'
import { ROLES } from '../engine/walk.ts'
import { isSecret } from './secrets.ts'
import type { WalkStep, WalkTarget } from '../engine/walk.ts'

/** Names elements so that a walk finds them again: what `findAll` leads to is that element and no other. */

/** What a person acts on, when they press on something inside it. */
const ACTED = 'a[href],button,input,select,textarea,summary,option,label,[tabindex],[contenteditable]:not([contenteditable="false"]),[role="button"],[role="tab"],[role="option"],[role="menuitem"],[role="menuitemcheckbox"],[role="menuitemradio"],[role="checkbox"],[role="radio"],[role="switch"],[role="gridcell"],[role="treeitem"],[role="link"]'
/** Their name says what they are; that of others is all the text in them. */
const SPOKEN_AS_A_WHOLE = new Set(['heading', 'img', 'link', 'button', 'checkbox', 'radio', 'switch', 'tab', 'option', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'treeitem', 'columnheader', 'rowheader', 'gridcell', 'meter', 'progressbar', 'slider', 'spinbutton', 'textbox', 'searchbox', 'combobox', 'listbox', 'dialog', 'alertdialog'])
const MOST_WORDS = 120
const MOST_ALIKE = 1_000

type Role = NonNullable<WalkTarget['role']>

/** The element that is meant by pressing on `inner`. */
export const actedOn = (inner: Element): Element => inner.closest(ACTED) ?? inner

/** How a walk finds the element; undefined where nothing tells it apart. */
export function targetOf(element: Element, plain = plainTargets(element)): WalkTarget | undefined {
  for (const target of plain) if (isOnly(target, element)) return target
  const scopes = plain.length > 0 ? [...scopesOf(element)] : []
  for (const target of plain) for (const within of scopes) if (isOnly({ ...target, within }, element)) return { ...target, within }
  for (const target of plain) {
    const nth = findAll(target).indexOf(element) + 1
    if (nth > 0 && nth <= MOST_ALIKE) return { ...target, nth }
  }
  return undefined
}

/** The first of an element, what is in it, and what it is in, that has a name; dragging takes any place of a thing. */
export function targetAround(element: Element): WalkTarget | undefined {
  for (const each of [element, ...[...element.querySelectorAll('*')].slice(0, 20)]) {
    const target = isVisible(each) ? targetOf(each) : undefined
    if (target) return target
  }
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    const target = roleOf(at) ? targetOf(at) : undefined
    if (target) return target
  }
  return undefined
}

/** By what it is or says, whether or not others are alike; the best first. */
export function plainTargets(element: Element): WalkTarget[] {
  const found: WalkTarget[] = []
  const role = roleOf(element)
  const known = role !== null && role in ROLES ? role as Role : undefined
  const field = isField(element) || element instanceof HTMLSelectElement
  const name = known || field ? words(nameOf(element)) : ''
  if (field) {
    if (name) found.push({ label: name })
    const placeholder = words(element.getAttribute('placeholder') ?? '')
    if (placeholder) found.push({ placeholder })
  }
  if (known && name) found.push({ role: known, name })
  const text = field || SPOKEN_AS_A_WHOLE.has(known ?? '') ? '' : words(textOf(element))
  if (text) found.push({ text })
  if (known && !name && !text) found.push({ role: known })
  return found
}

/** As `plainTargets`; what something says comes before what it is called. */
export function seenTargets(element: Element): WalkTarget[] {
  const plain = plainTargets(element)
  const says = [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== '')
  return says ? plain.sort((one, other) => Number(other.text !== undefined) - Number(one.text !== undefined)) : plain
}

function* scopesOf(element: Element): Generator<WalkTarget> {
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    const role = roleOf(at)
    if (role === null || !(role in ROLES)) continue
    const target: WalkTarget = { role: role as Role }
    const name = words(nameOf(at))
    if (name && isOnly({ ...target, name }, at)) yield { ...target, name }
    else if (isOnly(target, at)) yield target
    else {
      const nth = findAll(target).indexOf(at) + 1
      if (nth > 0 && nth <= MOST_ALIKE) yield { ...target, nth }
    }
  }
}

function isOnly(target: WalkTarget, element: Element): boolean {
  const [first, ...others] = findAll(target)
  return first === element && others.length === 0
}

/** Long words are found by how they begin. */
function words(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim()
  if (plain.length <= MOST_WORDS) return plain
  const cut = plain.slice(0, MOST_WORDS)
  return cut.includes(' ') ? cut.slice(0, cut.lastIndexOf(' ')) : cut
}

const SEEN_STATES = ['value', 'checked', 'pressed', 'selected', 'expanded'] as const

/** That what is there is seen, in the state in which it is; undefined where nothing tells it apart. */
export function expectationOf(element: Element): WalkStep | undefined {
  const see = targetOf(element, seenTargets(element))
  if (!see) return undefined
  const states = SEEN_STATES.flatMap((name) => {
    const is = STATES[name](element)
    return is === undefined || (name === 'value' && (isSecret(element) || isEditable(element))) ? [] : [[name, is] as const]
  })
  if (STATES.disabled(element)) return { see, disabled: true }
  return { see, ...Object.fromEntries(states) }
}
