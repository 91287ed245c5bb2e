import { nested } from '../places/rules.ts'
import type { Decided, Look, Ruling } from '../engine/place.ts'

/** What decides about a look of an element: found by trying, so that layers, weights and conditions are the browser's own. */

/** A property that can be read and written by itself, and two values nobody writes. */
const TRIED: Partial<Record<Look, [name: string, value: string]>> = { color: ['color', 'rgb(1, 2, 3)'], 'background-color': ['background-color', 'rgb(1, 2, 3)'], 'font-weight': ['font-weight', '433'], gap: ['row-gap', '7919px'], 'border-radius': ['border-top-left-radius', '7919px'] }

function tried(property: Look): [name: string, value: string] {
  const [, space, side] = /^(padding|margin)(.*)$/.exec(property) ?? []
  if (!space) return TRIED[property] ?? [property, '7919px']
  return [`${space}${side === '' || side === '-block' ? '-top' : side === '-inline' ? '-left' : side}`, '7919px']
}

export function decides(element: Element, property: Look): Decided {
  const [name, value] = tried(property)
  const rem = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize))
  const own = (element as HTMLElement).style
  if (own.getPropertyValue(name) !== '' || own.getPropertyValue(property) !== '') return { inline: true, rem }
  const rules = rulesFor(element, name, property)
  const still = new CSSStyleSheet()
  still.replaceSync('*{transition:none!important}')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
  try {
    const rule = rules.findLast(({ style }) => changes(element, style, name, value)) ?? rules.at(-1)
    return { inline: false, rem, ...(rule && { rule: rule.ruling }) }
  } finally {
    getComputedStyle(element).getPropertyValue(name)
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== still)
  }
}

function changes(element: Element, style: CSSStyleDeclaration, name: string, value: string): boolean {
  const [text, before] = [style.cssText, getComputedStyle(element).getPropertyValue(name)]
  style.setProperty(name, value, style.getPropertyPriority(name))
  const after = getComputedStyle(element).getPropertyValue(name)
  style.cssText = text
  return after !== before
}

/** States that pass; the pointer may rest on what is picked. */
const PASSING = /:(?:hover|focus|active)/

interface Candidate { style: CSSStyleDeclaration; ruling: Ruling }

/** The rules that hold for an element and say something about a property, in the order of the page. */
function rulesFor(element: Element, name: string, property: Look): Candidate[] {
  const found: Candidate[] = []
  const walk = (rules: CSSRuleList, sheet: string, parent: string, around: string[]): void => {
    for (const rule of rules) {
      let selector = parent
      if (rule instanceof CSSStyleRule) {
        selector = nested(rule.selectorText, parent)
        if (!holds(element, selector) && rule.cssRules.length === 0) continue
      }
      const style = (rule as { style?: CSSStyleDeclaration }).style
      if (style && selector !== '' && !PASSING.test(selector) && !(rule instanceof CSSFontFaceRule) && says(style, name, property) && holds(element, selector)) found.push({ style, ruling: { sheet, selector, around } })
      if ('cssRules' in rule && !(rule instanceof CSSKeyframesRule)) {
        const condition = rule instanceof CSSMediaRule || rule instanceof CSSSupportsRule || rule instanceof CSSContainerRule ? [rule.cssText.slice(0, rule.cssText.indexOf('{')).trim()] : []
        walk(rule.cssRules as CSSRuleList, sheet, selector, [...around, ...condition])
      }
    }
  }
  for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
    try { walk(sheet.cssRules, nameOf(sheet), '', []) } catch { /* a sheet of another host cannot be read */ }
  }
  return found
}

const says = (style: CSSStyleDeclaration, name: string, property: Look): boolean => style.getPropertyValue(name) !== '' || style.getPropertyValue(property) !== ''

function holds(element: Element, selector: string): boolean {
  try { return element.matches(selector) } catch { return false }
}

function nameOf({ ownerNode, href }: CSSStyleSheet): string {
  const id = ownerNode instanceof HTMLElement ? ownerNode.dataset.sayso : undefined
  return id ?? (href ? decodeURI(new URL(href).pathname) : location.pathname === '/' ? '/index.html' : location.pathname)
}
