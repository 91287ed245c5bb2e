import { cssTokens } from '../instant/text/css.ts'

/** One declaration: `start` to `end` is its value, without `!important`; at `stop` is what ends it. */
export interface Declaration { name: string; start: number; end: number; stop: number }

/** A rule as it is written; `selector` with those of the rules around it, `around`: the conditions, the outermost first. */
export interface Rule { selector: string; around: string[]; start: number; bodyStart: number; declarations: Declaration[] }

interface Open { prelude: string; rule?: Rule }

/** The rules of a stylesheet that begins at `offset` of its file. Comments and strings are taken whole. */
export function rulesOf(css: string, offset = 0): Rule[] {
  // What could be taken for the marks of CSS is hidden, and all else stays where it is.
  const flat = cssTokens(css).map(({ kind, text }) => (kind === 'text' ? text : kind === 'comment' ? ' '.repeat(text.length) : text.replace(/[{};:!]/g, '_'))).join('')
  const rules: Rule[] = []
  const open: Open[] = []
  let from = 0
  const declare = (end: number): void => {
    const rule = open.at(-1)?.rule
    const found = /^(\s*)([\w-]+)(\s*:\s*)([\s\S]*?)(\s*(?:!\s*important)?\s*)$/i.exec(flat.slice(from, end))
    if (!rule || !found || found[4] === '') return
    const start = from + found[1]!.length + found[2]!.length + found[3]!.length
    rule.declarations.push({ name: found[2]!.toLowerCase(), start: start + offset, end: start + found[4]!.length + offset, stop: end + offset })
  }
  for (const { 0: mark, index } of flat.matchAll(/[{};]/g)) {
    if (mark === '{') {
      const prelude = css.slice(from, index).replace(/\/\*[\s\S]*?\*\//g, ' ').trim()
      const parent = open.findLast(({ rule }) => rule)?.rule
      const around = open.flatMap((one) => (one.rule ? [] : [one.prelude]))
      const rule = prelude.startsWith('@') ? undefined : { selector: nested(prelude, parent?.selector), around: around.map(condition).filter(Boolean), start: from + offset, bodyStart: index + 1 + offset, declarations: [] }
      if (rule) rules.push(rule)
      // Declarations in a condition inside of a rule belong to that rule, under the condition.
      else if (parent) {
        const inner = { ...parent, around: [...around, prelude].map(condition).filter(Boolean), start: from + offset, bodyStart: index + 1 + offset, declarations: [] }
        rules.push(inner)
        open.push({ prelude }, { prelude: '', rule: inner })
        from = index + 1
        continue
      }
      open.push({ prelude, ...(rule && { rule }) })
    } else if (mark === '}') {
      declare(index)
      const ended = open.pop()
      if (ended?.prelude === '' && ended.rule && open.at(-1)?.rule === undefined) open.pop()
    } else declare(index)
    from = index + 1
  }
  return rules
}

/** The selector of a rule within another, as CSS nesting reads it. */
export function nested(selector: string, parent: string | undefined): string {
  if (parent === undefined || parent === '') return selector
  return listed(parent).flatMap((outer) => listed(selector).map((inner) => (inner.includes('&') ? inner.replaceAll('&', outer) : `${outer} ${inner}`))).join(', ')
}

/** The parts of a list, at its commas outside of brackets. */
function listed(selector: string): string[] {
  const out = ['']
  let depth = 0
  for (const c of selector) {
    if (c === '(' || c === '[') depth++
    else if (c === ')' || c === ']') depth--
    if (c === ',' && depth === 0) out.push('')
    else out[out.length - 1] += c
  }
  return out.map((one) => one.trim())
}

/** An at-rule in the same words whoever wrote it; "" where it is no condition (a layer). */
export const condition = (prelude: string): string => (/^@(?:media|supports|container)\b/i.test(prelude) ? prelude.toLowerCase().replace(/\s+/g, '').replaceAll('screenand', '') : '')

/**
 * A selector in the same words whoever wrote it: without what Vue and Svelte add, and without the space, quotes and order
 * of spelling that do not count.
 */
export const plainSelector = (selector: string): string => selector
  .replace(/\[data-v-[\w-]+(?:="")?\]|:where\(\.svelte-[\w-]+\)|\.svelte-[\w-]+/g, '')
  .replace(/:deep\(([^)]*)\)|:global\(([^)]*)\)/g, '$1$2')
  .replace(/["']/g, '').replace(/\s*([>+~,()=])\s*/g, '$1').replace(/\s+/g, ' ').replace(/::?(before|after)/g, '::$1').trim()

/** The names of properties that say the same or a part of it. */
export function related(property: string, name: string): boolean {
  if (property === name) return true
  const [group] = GROUPS.filter((one) => one.test(property))
  if (group) return group.test(name)
  if (property.startsWith('font-')) return name === 'font'
  return property === 'background-color' && name === 'background'
}

const GROUPS = [/^padding(?:-|$)/, /^margin(?:-|$)/, /^(?:row-|column-)?gap$/, /^border-(?:\w+-\w+-)?radius$/]
