import { hash } from '../instant/files/hash.ts'
import { tags } from '../instant/text/html.ts'
import { condition, plainSelector, related, rulesOf } from './rules.ts'
import { classOf, withClass } from './tailwind-classes.ts'
import type { NotWritten, Restyled, Ruling } from '../engine/place.ts'
import type { Attribute_, Element_ } from './literal.ts'
import type { Rule } from './rules.ts'

/** A change of a file; `start` to `end` becomes `text`. */
export interface Rewrite { file: string; start: number; end: number; text: string }

/** An element in its file. */
export interface Styled { file: string; source: string; element: Element_ }

interface Sources { text(path: string): string | undefined; paths(): Iterable<string> }

const SHEET = /\.(?:css|vue|svelte|html)$/
const TAILWIND = /@import\s+(?:url\(\s*)?["']tailwindcss|@tailwind\s|cdn\.tailwindcss\.com|@tailwindcss\/browser/
const TAILWIND_CONFIG = /(?:^|\/)tailwind\.config\.\w+$/
/** What a value may be made of: nothing in it ends a declaration, a class or a text. */
const VALUE = /^-?[\w#][\w#.%]*$/

/**
 * Where a look is to be written, and how: in the element's own style if that decides, else in the rule of the project that
 * decides, else in the element's classes where the project has Tailwind, else in a style of its own. `near`: the files in
 * which it and what is around it are written.
 */
export function restyle(files: Sources, own: Styled | undefined, near: string[], restyled: Restyled): Rewrite | NotWritten {
  if (!VALUE.test(restyled.value)) return 'unsafe'
  const { inline, rule } = restyled
  if (inline) return own ? inStyle(own, restyled) : 'composed'
  const written = rule && ruleOf(files, near, rule, restyled)
  if (written) return written
  if (!own) return 'composed'
  const { uses, themed } = theme(files)
  return uses ? inClass(own, restyled, themed) : inStyle(own, restyled)
}

const isJsx = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file)

function inClass({ file, source, element }: Styled, { property, value, rem, rule }: Restyled, themed: (name: string) => boolean): Rewrite | NotWritten {
  const name = isJsx(file) && !element.attributes.some((one) => one.name === 'class') ? 'className' : 'class'
  const attribute = element.attributes.find((one) => one.name === name)
  const deciding = rule && classOf(rule.selector)
  if (attribute && !attribute.value) return 'composed'
  const classes = attribute?.value ? source.slice(attribute.value.start, attribute.value.end) : ''
  // A class that decides and is not written here was put there by code.
  if (deciding !== undefined && !classes.split(/\s+/).includes(deciding)) return 'composed'
  const next = withClass(classes, property, value, rem || 16, deciding, themed)
  return attribute?.value ? shortest(file, source, attribute.value, next) : inserted(file, source, element, `${name}="${next}"`)
}

function inStyle({ file, source, element }: Styled, { property, value }: Restyled): Rewrite | NotWritten {
  const attribute = element.attributes.find(({ name }) => name === 'style')
  const bound = element.attributes.some(({ name }) => /^(?::|v-bind:)style$/.test(name))
  if (!attribute) return bound ? 'composed' : inserted(file, source, element, isJsx(file) && !/\.[cm]?ts$/.test(file) ? `style={{ ${camel(property)}: ${quoted(source, value)} }}` : `style="${property}: ${value}"`)
  if (attribute.entries) return inObject(file, source, attribute.entries, property, value)
  if (!attribute.value || isJsx(file)) return 'composed'
  const [rule] = rulesOf(`{${source.slice(attribute.value.start, attribute.value.end)}}`, attribute.value.start - 1)
  return rule ? inRule(file, source, rule, attribute.value.end, property, value) : 'composed'
}

function inObject(file: string, source: string, { open, close, list }: NonNullable<Attribute_['entries']>, property: string, value: string): Rewrite | NotWritten {
  const last = list.findLast(({ key }) => key === '' || related(property, kebab(key)))
  if (last && kebab(last.key) === property) {
    if (last.kind === 'code') return 'composed'
    return { file, start: last.start, end: last.end, text: last.kind === 'number' && /^-?[\d.]+px$/.test(value) ? value.slice(0, -2) : quoted(source, value) }
  }
  const end = list.at(-1)?.end
  const entry = `${camel(property)}: ${quoted(source, value)}`
  return end === undefined ? { file, start: open, end: close, text: ` ${entry} ` } : { file, start: end, end, text: `, ${entry}` }
}

/** The change of a rule; `end`: where its last declaration may stand. */
function inRule(file: string, source: string, rule: Rule, end: number, property: string, value: string): Rewrite {
  const last = rule.declarations.findLast(({ name }) => related(property, name))
  if (last?.name === property) return { file, start: last.start, end: last.end, text: value }
  const after = last ?? rule.declarations.at(-1)
  if (!after) return { file, start: rule.bodyStart, end: rule.bodyStart, text: ` ${property}: ${value};` }
  const line = /\n[ \t]*$/.exec(source.slice(0, source.lastIndexOf(after.name, after.start)))?.[0]
  const at = Math.min(after.stop, end)
  if (source[at] === ';') return { file, start: at + 1, end: at + 1, text: `${line ?? ' '}${property}: ${value};` }
  const full = source.slice(0, at).trimEnd().length
  return { file, start: full, end: full, text: `;${line ?? ' '}${property}: ${value}` }
}

function ruleOf(files: Sources, near: string[], ruling: Ruling, { property, value }: Restyled): Rewrite | undefined {
  const wanted = plainSelector(ruling.selector)
  const around = ruling.around.map(condition).filter(Boolean).join(' ')
  const sheet = ruling.sheet.replace(/\?style\d+$|@style\d+\.css$/, '')
  const all = [...new Set([sheet, ...near, ...files.paths()])].filter((path) => SHEET.test(path))
  for (const file of all) {
    const source = files.text(file)
    // The styles of a component are for its own elements.
    if (source === undefined || (/\.(?:vue|svelte)$/.test(file) && file !== sheet && !near.includes(file))) continue
    const found = sheetsIn(file, source).flatMap(({ css, offset }) => rulesOf(css, offset)).filter((rule) => named(file, plainSelector(rule.selector)) === wanted && rule.around.join(' ') === around)
    const rule = found.findLast(({ declarations }) => declarations.some(({ name }) => related(property, name))) ?? found.at(-1)
    if (rule) return inRule(file, source, rule, source.length, property, value)
  }
  return undefined
}

/** The selector of a CSS module as the page has it: each name with its file's suffix. */
const named = (file: string, selector: string): string => (/\.module\.css$/.test(file) ? plainSelector(selector.replace(/([.#])(-?[A-Za-z_][\w-]*)/g, `$1_$2_${hash(file).slice(0, 5)}`)) : selector)

function sheetsIn(file: string, source: string): { css: string; offset: number }[] {
  if (file.endsWith('.css')) return [{ css: source, offset: 0 }]
  return tags(source, !file.endsWith('.html')).flatMap((tag) => (tag.name === 'style' && !tag.closing ? [{ css: source.slice(tag.end, tag.textEnd), offset: tag.end }] : []))
}

/** Whether the project has Tailwind, and which names of its theme it gives values of its own. */
function theme(files: Sources): { uses: boolean; themed(name: string): boolean } {
  const own = new Set<string>()
  let uses = false
  let configured = false
  for (const path of files.paths()) {
    if (TAILWIND_CONFIG.test(path)) configured ||= /fontSize|fontWeight|spacing|borderRadius/.test(files.text(path) ?? '')
    if (!/\.(?:css|html|vue|svelte)$/.test(path)) continue
    const source = files.text(path) ?? ''
    uses ||= TAILWIND.test(source)
    for (const [, name] of source.matchAll(/(--[\w-]+(?:-\*)?)\s*:/g)) own.add(name!)
  }
  return { uses, themed: (name) => configured || own.has(name) || own.has(name.replace(/-[^-]+$/, '-*')) }
}

/** An attribute that is added behind all others, so that nothing spread before it decides. */
export function inserted(file: string, source: string, element: Element_, text: string): Rewrite {
  const least = element.attributes.reduce((end, one) => Math.max(end, one.end), element.nameEnd)
  const at = Math.max(least, source.slice(0, element.openEnd - 1).replace(/\s*\/?\s*$/, '').length)
  return { file, start: at, end: at, text: ` ${text}` }
}

/** The part of `span` in which `next` differs from what is there. */
function shortest(file: string, source: string, { start, end }: { start: number; end: number }, next: string): Rewrite {
  const before = source.slice(start, end)
  let same = 0
  while (same < before.length && same < next.length && before[same] === next[same]) same++
  let tail = 0
  while (tail < before.length - same && tail < next.length - same && before.at(-1 - tail) === next.at(-1 - tail)) tail++
  return { file, start: start + same, end: end - tail, text: next.slice(same, next.length - tail) }
}

const camel = (property: string): string => property.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
/** In the quotes that the file prefers. */
const quoted = (source: string, text: string): string => (source.split("'").length > source.split('"').length ? `'${text}'` : `"${text}"`)
