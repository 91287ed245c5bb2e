/**
 * A tokenizer for the part of HTML that matters here: where the tags and their attributes are.
 * It follows the WHATWG tokenizer for comments, doctypes, quoted attributes and raw text, and never builds a tree.
 */
export interface Attribute { name: string; value: string; start: number; end: number }

export interface Tag {
  name: string
  closing: boolean
  attributes: Attribute[]
  start: number
  end: number
  /** End of the raw text of script, style, textarea and title; `end` for everything else. */
  textEnd: number
}

const RAW = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript'])
const space = (c: string | undefined): boolean => c === ' ' || c === '\n' || c === '\t' || c === '\r' || c === '\f'

/** `closed`: `/>` ends an element, as in the components of frameworks. */
export function tags(html: string, closed = false): Tag[] {
  const out: Tag[] = []
  let i = 0
  while ((i = html.indexOf('<', i)) !== -1) {
    if (html.startsWith('<!--', i)) {
      const end = html.indexOf('-->', i + 4)
      i = end === -1 ? html.length : end + 3
    } else if (html[i + 1] === '!' || html[i + 1] === '?') {
      const end = html.indexOf('>', i)
      i = end === -1 ? html.length : end + 1
    } else if (/^<\/?[a-z]/i.test(html.slice(i, i + 3))) {
      const tag = readTag(html, i)
      out.push(tag)
      i = tag.end
      if (!tag.closing && RAW.has(tag.name) && !(closed && html[tag.end - 2] === '/')) {
        const close = new RegExp(`</${tag.name}(?=[\\s/>])`, 'gi')
        close.lastIndex = i
        const found = close.exec(html)
        tag.textEnd = found ? found.index : html.length
        i = tag.textEnd
      }
    } else i++
  }
  return out
}

function readTag(html: string, start: number): Tag {
  const closing = html[start + 1] === '/'
  let i = start + (closing ? 2 : 1)
  const nameStart = i
  while (i < html.length && !space(html[i]) && html[i] !== '/' && html[i] !== '>') i++
  const name = html.slice(nameStart, i).toLowerCase()
  const attributes: Attribute[] = []
  while (i < html.length && html[i] !== '>') {
    if (space(html[i]) || html[i] === '/') { i++; continue }
    const from = i
    if (html[i] === '=') i++
    while (i < html.length && !space(html[i]) && html[i] !== '/' && html[i] !== '>' && html[i] !== '=') i++
    const key = html.slice(from, i).toLowerCase()
    let next = i
    while (space(html[next])) next++
    let value = ''
    if (html[next] === '=') {
      next++
      while (space(html[next])) next++
      const quote = html[next]
      if (quote === '"' || quote === "'") {
        const end = html.indexOf(quote, next + 1)
        value = html.slice(next + 1, end === -1 ? html.length : end)
        i = end === -1 ? html.length : end + 1
      } else {
        const valueStart = next
        while (next < html.length && !space(html[next]) && html[next] !== '>') next++
        value = html.slice(valueStart, next)
        i = next
      }
    }
    attributes.push({ name: key, value: decode(value), start: from, end: i })
  }
  const end = Math.min(html.length, i + 1)
  return { name, closing, attributes, start, end, textEnd: end }
}

export const attribute = (tag: Tag, name: string): string | undefined => tag.attributes.find((a) => a.name === name)?.value

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" }
const decode = (text: string): string => text.replace(/&(amp|lt|gt|quot|apos|#39);/g, (_, name: string) => ENTITIES[name]!)

export const escapeAttribute = (text: string): string => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
