import type { Literal, Spelling } from './literal.ts'

/** How `to` is written in place of a literal whose present text is `raw`. Space around it stays. */
export function rewritten(raw: string, { value, spelling }: Pick<Literal, 'value' | 'spelling'>, to: string): string {
  const words = to.replace(/\s+/g, ' ').trim()
  const [, lead, , trail] = /^(\s*)([\s\S]*?)(\s*)$/.exec(value)!
  // Between quotes the space belongs to the text; between tags it is layout, which the literal does not hold.
  const whole = isMarkup(spelling) ? words : `${lead}${words}${trail}`
  return written(whole, spelling, raw)
}

const isMarkup = (spelling: Spelling): boolean => spelling === 'jsx' || spelling === 'html' || spelling === 'vue' || spelling === 'svelte'

function written(text: string, spelling: Spelling, raw: string): string {
  switch (spelling) {
    case 'html': return entities(text, /[<>]/g)
    case 'jsx': case 'vue': case 'svelte': return entities(text, /[<>{}]/g)
    case 'attribute"': return entities(text, /["<>{}]/g)
    case "attribute'": return entities(text, /['<>{}]/g)
    case 'json': return spelledAs(raw, JSON.stringify(text).slice(1, -1))
    case '`': return text.replace(/\\|`|\$(?=\{)/g, '\\$&')
    case "'": return escaped(text).replaceAll("'", "\\'")
    case '"': return escaped(text).replaceAll('"', '\\"')
  }
}

/** A file that writes no letters but those of ASCII keeps doing so. */
const spelledAs = (raw: string, text: string): string => (/\\u[\da-f]{4}/i.test(raw) && !/[^\x20-\x7e]/.test(raw) ? text.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`) : text)

const escaped = (text: string): string => text.replace(/[\\\u2028\u2029]/g, (one) => (one === '\\' ? '\\\\' : `\\u${one.charCodeAt(0).toString(16)}`))

const NAMES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '{': '&#123;', '}': '&#125;' }
const entities = (text: string, unsafe: RegExp): string => text.replace(/&(?=#?\w+;)/g, '&amp;').replace(unsafe, (one) => NAMES[one]!)
