import { tags } from '../instant/text/html.ts'
import type { Attribute_, Element_, Literal, Outline } from './literal.ts'
import type { Tag } from '../instant/text/html.ts'

/** Elements that end where they begin (HTML, 13.1.2). */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'])
const RAW = new Set(['script', 'style', 'noscript', 'iframe'])
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }
const INTERPOLATION = /\{\{([\s\S]*?)\}\}/g

/** Without the characters that stand for themselves by a name or number; undefined where one is not known here. */
export function decoded(raw: string): string | undefined {
  let known = true
  const text = raw.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (name[0] !== '#') {
      known &&= name in NAMED
      return NAMED[name] ?? whole
    }
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1))
    known &&= code > 0 && code <= 0x10ffff
    return known ? String.fromCodePoint(code) : whole
  })
  return known ? text : undefined
}

/** The elements of an HTML page, or of a Vue template that begins at `offset` of its file. */
export function outlineMarkup(html: string, spelling: 'html' | 'vue', component: string, outline: Outline, offset = 0): void {
  const open: Element_[] = []
  let at = 0
  const text = (end: number): void => {
    const parent = open.at(-1)
    if (parent && end > at) readText(html, at, end, spelling, parent, offset)
  }
  for (const tag of tags(html, spelling === 'vue')) {
    text(tag.start)
    at = tag.end
    if (tag.closing) {
      const from = open.findLastIndex((one) => one.name === tag.name)
      if (from !== -1) for (const one of open.splice(from)) one.end = (one === open[from] ? tag.start : tag.end) + offset
      continue
    }
    const list = tag.attributes.some(({ name }) => name === 'v-for')
    const element: Element_ = {
      name: tag.name, start: tag.start + offset, nameEnd: tag.start + 1 + tag.name.length + offset, openEnd: tag.end + offset, end: tag.end + offset, component, listed: list || open.at(-1)?.listed === true,
      attributes: tag.attributes.map((one) => attributeOf(html, one, offset)), texts: [], given: tag.attributes.flatMap((one) => attributeText(html, one, offset) ?? []), keys: spelling === 'vue' ? namesIn(tag) : [],
    }
    const each = tag.attributes.find(({ name }) => name === 'v-for')
    if (each) element.list = /\s(?:in|of)\s+(?:[\w$]+\.)*([\w$]+)\s*$/.exec(each.value)?.[1] ?? ''
    else if (open.length > 0 && !tag.attributes.some(({ name }) => /^v-(?:if|else|else-if|slot)$/.test(name))) element.direct = true
    outline.elements.push(element)
    if (RAW.has(tag.name) || tag.textEnd > tag.end) {
      if (tag.textEnd > tag.end && !RAW.has(tag.name)) readText(html, tag.end, tag.textEnd, spelling, element, offset)
      at = tag.textEnd
    }
    if (!VOID.has(tag.name) && html[tag.end - 2] !== '/') open.push(element)
  }
  for (const one of open) one.end = html.length + offset
}

const namesIn = (tag: Tag): string[] => tag.attributes.flatMap(({ name, value }) => (/^(?::|v-)/.test(name) ? value.match(/[A-Za-z_$][\w$]*/g) ?? [] : []))

function readText(html: string, start: number, end: number, spelling: 'html' | 'vue', parent: Element_, offset: number): void {
  const raw = html.slice(start, end)
  let at = 0
  const piece = (to: number): void => {
    const part = raw.slice(at, to)
    for (const comment of part.split(/<!--[\s\S]*?(?:-->|$)/)) {
      const from = at + part.indexOf(comment)
      const lead = /^\s*/.exec(comment)![0].length
      const core = comment.trim()
      const value = decoded(core)
      if (core !== '' && value !== undefined) parent.texts.push({ start: start + from + lead + offset, end: start + from + lead + core.length + offset, value, spelling, key: '' })
    }
  }
  if (spelling === 'vue') for (const found of raw.matchAll(INTERPOLATION)) {
    piece(found.index)
    at = found.index + found[0].length
    parent.keys.push(...found[1]!.match(/[A-Za-z_$][\w$]*/g) ?? [])
    for (const string of found[1]!.matchAll(/'([^'\\\n]*)'|"([^"\\\n]*)"/g)) {
      const from = start + found.index + 2 + string.index + 1 + offset
      const value = string[1] ?? string[2]!
      parent.texts.push({ start: from, end: from + value.length, value, spelling: string[1] === undefined ? '"' : "'", key: '' })
    }
  }
  piece(raw.length)
}

function attributeOf(html: string, { name, start, end }: { name: string; start: number; end: number }, offset: number): Attribute_ {
  const quoted = /=\s*(["'])([\s\S]*)\1$/.exec(html.slice(start, end))
  return { name, start: start + offset, end: end + offset, ...(quoted && { value: { start: end - 1 - quoted[2]!.length + offset, end: end - 1 + offset } }) }
}

function attributeText(html: string, { name, start, end }: { name: string; start: number; end: number }, offset: number): Literal | undefined {
  if (/^(?::|@|v-|#)/.test(name)) return undefined
  const raw = html.slice(start, end)
  const found = /=\s*(["'])([\s\S]*)\1$/.exec(raw)
  const value = found && decoded(found[2]!)
  if (!found || value === undefined) return undefined
  return { start: end - 1 - found[2]!.length + offset, end: end - 1 + offset, value: value!, spelling: `attribute${found[1] as '"' | "'"}`, key: name }
}
