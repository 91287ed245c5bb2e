import { digest } from '../../engine/digest.ts'
import { finishAnimations } from '../animations.ts'
import { waiting } from '../clock.ts'
import { noted } from '../noted.ts'
import { focused } from '../focus.ts'
import { SILENT } from '../names.ts'
import { isTyped } from '../fields.ts'
import { withoutHost } from '../address.ts'
import { stylesOf } from './styles.ts'

/**
 * Everything a page shows, line by line: an element's words and states, and after a tab its place and looks as a digest.
 * Two walks of the same app give the same lines.
 */

const WORDS = 160
const STATES = ['role', 'type', 'href', 'src', 'alt', 'title', 'placeholder', 'for', 'download', 'target', 'min', 'max', 'step', 'maxlength', 'required', 'draggable', 'tabindex', 'inert', 'lang', 'datetime', 'autocomplete', 'inputmode', 'pattern', 'minlength', 'multiple', 'accept', 'rows', 'cols', 'span', 'colspan', 'rowspan', 'scope', 'name', 'form', 'list', 'rel', 'enterkeyhint', 'spellcheck', 'contenteditable', 'popover', 'loading', 'open', 'start', 'cite', 'high', 'low', 'optimum']

export function shown(): string[] {
  finishAnimations()
  const at = document.scrollingElement
  const lines = [`page “${document.title}” ${location.pathname}${location.search}${location.hash}\t${Math.round(at?.scrollLeft ?? 0)},${Math.round(at?.scrollTop ?? 0)} ${[document.documentElement, document.body].map(attributes).join()}`]
  elements(document.body, lines)
  for (const area of [localStorage, sessionStorage]) for (const key of Object.keys(area).sort()) lines.push(`kept “${key}”: ${short(area.getItem(key) ?? '')}\t${digest(withoutHost(area.getItem(key) ?? ''))}`)
  return [...lines, ...noted(), `\ttimers ${waiting()}`]
}

function elements(parent: Element, lines: string[]): void {
  for (const element of parent.children) {
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
  for (const node of element.childNodes) if (node instanceof Text) own += node.data
  own = own.replace(/\s+/g, ' ').trim()
  if (own) said.push(`“${short(own)}”`)
  for (const { name, value } of element.attributes) {
    if (name.startsWith('aria-') || STATES.includes(name)) said.push(`${name.replace('aria-', '')}: ${short(value.replace(/:r[0-9a-z]+:|«r[0-9a-z]+»|_r_[0-9a-z]+_/g, '#'))}`)
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
  const drawn = element instanceof SVGElement ? attributes(element) : element instanceof HTMLCanvasElement ? picture(element) : ''
  return `${place} ${digest(withoutHost(stylesOf(style)) + scrolled + drawn)}`
}

/** Where the next letter would go. */
const caret = (element: Element): string => (isTyped(element) ? ` from ${element.selectionStart} to ${element.selectionEnd}` : '')

const attributes = (element: Element): string => withoutHost([...element.attributes].map(({ name, value }) => `${name}=${value}`).join())

/** What was drawn, where the browser lets anybody read it. */
function picture(canvas: HTMLCanvasElement): string {
  try { return canvas.toDataURL() } catch { return '' }
}

function short(text: string): string {
  const said = withoutHost(text)
  return (said.length > WORDS ? `${said.slice(0, WORDS)}…` : said).replace(/\s+/g, ' ')
}
