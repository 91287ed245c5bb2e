import { SILENT, folded, isSpokenOf, isVisible, nameOf, roleOf } from './names.ts'
import type { WalkTarget } from '../engine/walk.ts'

/** Finds elements as a person does: by what they are, and by the words that they bear. */

const LABELLED = 'input:not([type="hidden"]),textarea,select,meter,output,progress,[aria-label],[aria-labelledby]'
const SHOWN_NAMES = 8
const SHOWN_CHARACTERS = 120

/** An element and the words by which it is known. */
interface Candidate { element: Element; words: string }

/** The elements that fit, in the order of the page: those that bear the words as a whole, else those that bear them as a part. */
export function findAll(target: WalkTarget): Element[] {
  const scopes = target.within ? findAll(target.within) : [document.body]
  const sought = target.role !== undefined ? target.name : target.label ?? target.placeholder ?? target.text
  const words = sought === undefined ? undefined : folded(sought)
  const all = scopes.flatMap((scope) => candidates(target, scope, words)).filter(({ words: own }) => words === undefined || own.includes(words))
  const whole = words === undefined ? [] : all.filter(({ words: own }) => own === words)
  const found = [...new Set((whole.length > 0 ? whole : all).map(({ element }) => element))]
  return target.nth === undefined ? found : found.slice(target.nth - 1, target.nth)
}

function candidates(target: WalkTarget, scope: Element, words: string | undefined): Candidate[] {
  const { role, label, placeholder } = target
  if (role !== undefined) {
    return [...scope.querySelectorAll('*')].filter((element) => roleOf(element) === role && isSpokenOf(element))
      .map((element) => ({ element, words: words === undefined ? '' : folded(nameOf(element)) }))
  }
  if (label !== undefined) return [...scope.querySelectorAll(LABELLED)].filter(isSpokenOf).map((element) => ({ element, words: folded(nameOf(element)) }))
  if (placeholder !== undefined) {
    return [...scope.querySelectorAll('[placeholder]')].filter(isVisible).map((element) => ({ element, words: folded(element.getAttribute('placeholder')!) }))
  }
  const found: Candidate[] = []
  smallest(scope, words!, found)
  return found
}

/** The text of an element as it is shown. Adds to `found` those that hold the words while nothing inside them does. */
function smallest(element: Element, words: string, found: Candidate[]): string {
  if (SILENT.has(element.tagName) || element instanceof HTMLSelectElement) return ''
  const style = getComputedStyle(element)
  // Neither what is not displayed nor what a closed <details> holds.
  if (style.display !== 'contents' && !element.checkVisibility()) return ''
  if (element instanceof HTMLInputElement) {
    const text = ['button', 'submit', 'reset'].includes(element.type) ? element.value : ''
    if (folded(text).includes(words) && isVisible(element)) found.push({ element, words: folded(text) })
    return text
  }
  const before = found.length
  let text = ''
  for (const node of element.childNodes) {
    if (node instanceof Text) text += node.data
    else if (node instanceof Element) text += smallest(node, words, found)
  }
  if (found.length === before && style.visibility === 'visible' && folded(text).includes(words) && isVisible(element)) found.push({ element, words: folded(text) })
  // Words of two blocks do not run together.
  return style.display.startsWith('inline') ? text : ` ${text} `
}

/** What is there instead: the names of what could have been meant, nearest first. */
export function nearest(target: WalkTarget): string[] {
  const { name, nth: _, within, ...kind } = target
  const outside = within === undefined ? 1 : findAll(within).length
  if (outside === 0) return nearest(within!)
  if (kind.role !== undefined) {
    const same = findAll({ role: kind.role, ...(within && { within }) })
    return shown(same.length > 0 ? same.map((element) => `${kind.role} ${quoted(nameOf(element))}`.trim()) : spoken(), name ?? '')
  }
  if (kind.label !== undefined || kind.placeholder !== undefined) {
    return shown([...document.body.querySelectorAll(LABELLED)].filter(isSpokenOf).map((element) => quoted(nameOf(element))), kind.label ?? kind.placeholder!)
  }
  const found: Candidate[] = []
  for (const scope of within ? findAll(within) : [document.body]) smallest(scope, '', found)
  return shown(found.map(({ element }) => quoted(textOf(element))), kind.text!)
}

/** What can be acted on, where nothing has the role that was sought. */
const spoken = (): string[] => [...document.body.querySelectorAll('a[href],button,input,select,textarea,[role]')].filter(isSpokenOf).map((element) => `${roleOf(element) ?? element.localName} ${quoted(nameOf(element))}`)

const quoted = (text: string): string => (text === '' ? '' : `“${text}”`)

export const textOf = (element: Element): string => (element.textContent ?? '').replace(/\s+/g, ' ').trim()

function shown(names: string[], sought: string): string[] {
  const pairs = bigrams(folded(sought))
  const alike = (name: string): number => [...bigrams(folded(name))].filter((pair) => pairs.has(pair)).length / (name.length + 1)
  const unique = [...new Set(names.map((name) => (name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name)))].filter((name) => name !== '')
  return unique.map((name) => [name, alike(name)] as const).sort(([, a], [, b]) => b - a).slice(0, SHOWN_NAMES).map(([name]) => name)
}

const bigrams = (text: string): Set<string> => new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)))
