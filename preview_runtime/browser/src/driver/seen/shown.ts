import { digest } from '../../engine/digest.ts'
import { finishAnimations } from '../animations.ts'
import { waiting } from '../clock.ts'
import { noted } from '../noted.ts'
import { focused } from '../focus.ts'
import { SILENT } from '../names.ts'
import { isTyped } from '../fields.ts'
import { withoutHost } from '../address.ts'
import { stylesOf, stylesOfShape } from './styles.ts'

/**
 * Everything a page shows, line by line: an element's words and states, and after a tab its place and looks as a digest.
 * Two walks of the same app give the same lines.
 */

const WORDS = 160
const STATES = new Set(['role', 'type', 'href', 'src', 'alt', 'title', 'placeholder', 'for', 'download', 'target', 'min', 'max', 'step', 'maxlength', 'required', 'draggable', 'tabindex', 'inert', 'lang', 'datetime', 'autocomplete', 'inputmode', 'pattern', 'minlength', 'multiple', 'accept', 'rows', 'cols', 'span', 'colspan', 'rowspan', 'scope', 'name', 'form', 'list', 'rel', 'enterkeyhint', 'spellcheck', 'contenteditable', 'popover', 'loading', 'open', 'start', 'cite', 'high', 'low', 'optimum'])

export function shown(): string[] {
  finishAnimations()
  const at = document.scrollingElement
  const lines = [`page “${document.title}” ${location.pathname}${location.search}${location.hash}\t${Math.round(at?.scrollLeft ?? 0)},${Math.round(at?.scrollTop ?? 0)} ${withoutHost([document.documentElement, document.body].map(attributes).join())}`]
  elements(document.body, lines)
  for (const area of [localStorage, sessionStorage]) for (const key of Object.keys(area).sort()) lines.push(`kept “${key}”: ${short(area.getItem(key) ?? '')}\t${digestOf(area.getItem(key) ?? '')}`)
  return [...lines, ...noted(), `\ttimers ${waiting()}`]
}

function elements(parent: Element, lines: string[]): void {
  // Step by step: the lists of a page are live ones, and slow to go through.
  for (let element = parent.firstElementChild; element; element = element.nextElementSibling) {
    if (SILENT.has(element.tagName)) continue
    const style = getComputedStyle(element)
    if (style.display === 'none') continue
    if (style.display === 'contents' || element.checkVisibility({ visibilityProperty: true })) lines.push(`${words(element)}\t${looks(element, style)}`)
    if (element instanceof HTMLSelectElement) lines.push(`options ${short([...element.options].map((option) => option.label).join(' | '))}\t`)
    else elements(element, lines)
  }
}

function words(element: Element): string {
  const said = [element.getAttribute('role') ?? element.localName]
  let own = ''
  for (let node = element.firstChild; node; node = node.nextSibling) if (node.nodeType === Node.TEXT_NODE) own += (node as Text).data
  if (own) own = own.replace(/\s+/g, ' ').trim()
  if (own) said.push(`“${short(own)}”`)
  for (const name of element.getAttributeNames()) {
    if (STATES.has(name) || name.startsWith('aria-')) said.push(`${name.replace('aria-', '')}: ${short(element.getAttribute(name)!.replace(/:r[0-9a-z]+:|«r[0-9a-z]+»|_r_[0-9a-z]+_/g, '#'))}`)
  }
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) {
    said.push(`value: ${short(element instanceof HTMLSelectElement ? [...element.selectedOptions].map((option) => option.label).join(' | ') : element.value)}`)
    if ('checked' in element && element.checked) said.push('checked')
  }
  if (element.matches(':disabled')) said.push('disabled')
  if (element instanceof HTMLProgressElement || element instanceof HTMLMeterElement || element instanceof HTMLOutputElement) said.push(`value: ${element.value}`)
  if ('indeterminate' in element && element.indeterminate === true) said.push('indeterminate')
  if (focused() === element) said.push(`focused${caret(element)}`)
  return said.join(' ')
}

function looks(element: Element, style: CSSStyleDeclaration): string {
  const { x, y, width, height } = element.getBoundingClientRect()
  const { scrollingElement } = document
  const place = [x + (scrollingElement?.scrollLeft ?? 0), y + (scrollingElement?.scrollTop ?? 0), width, height].map(Math.round).join()
  const scrolled = element.scrollTop || element.scrollLeft ? `${Math.round(element.scrollTop)},${Math.round(element.scrollLeft)}` : ''
  const drawn = element instanceof SVGElement ? attributes(element) : element instanceof HTMLCanvasElement ? digest(picture(element)) : ''
  return `${place} ${digestOf((isShape(element) ? stylesOfShape(style) : stylesOf(style)) + scrolled + drawn)}`
}

/** What was looked at before: most elements look like others, and as they did at the last look. */
const digests = new Map<string, string>()
const MOST_DIGESTS = 20_000

function digestOf(text: string): string {
  const known = digests.get(text)
  if (known !== undefined) return known
  if (digests.size >= MOST_DIGESTS) digests.clear()
  const made = digest(withoutHost(text))
  digests.set(text, made)
  return made
}

const isShape = (element: Element): boolean => element instanceof SVGGraphicsElement && element.ownerSVGElement !== null && !(element instanceof SVGTextContentElement || element instanceof SVGForeignObjectElement || element instanceof SVGSVGElement)

/** Where the next letter would go. */
const caret = (element: Element): string => (isTyped(element) ? ` from ${element.selectionStart} to ${element.selectionEnd}` : '')

const attributes = (element: Element): string => element.getAttributeNames().map((name) => `${name}=${element.getAttribute(name)}`).join()

/** What was drawn, where the browser lets anybody read it. */
function picture(canvas: HTMLCanvasElement): string {
  try { return canvas.toDataURL() } catch { return '' }
}

function short(text: string): string {
  const said = withoutHost(text)
  return (said.length > WORDS ? `${said.slice(0, WORDS)}…` : said).replace(/\s+/g, ' ')
}
