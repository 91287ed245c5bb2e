import { join } from '../files/paths.ts'

/** A piece of a stylesheet: comments and strings are whole, so that nothing inside them is taken for CSS. */
interface Token { kind: 'text' | 'string' | 'comment' | 'url'; text: string; value: string }

// Each part matches in one way only; otherwise a long run of spaces would be tried in every possible way.
const TOKEN = /\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|\burl\((?:\s*"(?:[^"\\]|\\[\s\S])*"\s*|\s*'(?:[^'\\]|\\[\s\S])*'\s*|[^"'()]*)\)/gi

export function cssTokens(css: string): Token[] {
  const out: Token[] = []
  let at = 0
  for (const match of css.matchAll(TOKEN)) {
    if (match.index > at) out.push({ kind: 'text', text: css.slice(at, match.index), value: '' })
    const text = match[0]
    at = match.index + text.length
    if (text.startsWith('/*')) out.push({ kind: 'comment', text, value: '' })
    else if (/^url\(/i.test(text)) out.push({ kind: 'url', text, value: unquote(text.slice(text.indexOf('(') + 1, -1).trim()) })
    else out.push({ kind: 'string', text, value: unquote(text) })
  }
  if (at < css.length) out.push({ kind: 'text', text: css.slice(at), value: '' })
  return out
}

const unquote = (text: string): string => (/^(["'])[\s\S]*\1$/.test(text) ? text.slice(1, -1) : text)

/** Makes the relative `url(…)` of the file `path` absolute, so that the text works in any page. */
export function rebaseUrls(css: string, path: string): string {
  if (!/url\(/i.test(css)) return css
  return cssTokens(css).map((token) => (token.kind === 'url' && token.value.startsWith('.') ? `url(${JSON.stringify(join(path, token.value))})` : token.text)).join('')
}

export interface CssImport { specifier: string; conditions: string; start: number; end: number }

/** Cache of the last sheets read: every sheet that imports a file asks for its rules again. */
const read = new Map<string, CssImport[]>()
const MOST_READ = 200

/** The `@import` rules at the top of a stylesheet. */
export function cssImports(css: string): CssImport[] {
  if (!css.includes('@import')) return []
  const known = read.get(css)
  if (known) return known
  if (read.size >= MOST_READ) read.clear()
  const rules = readImports(css)
  read.set(css, rules)
  return rules
}

function readImports(css: string): CssImport[] {
  const out: CssImport[] = []
  let at = 0
  let open: CssImport | undefined
  for (const token of cssTokens(css)) {
    if (token.kind === 'text') {
      let offset = 0
      for (;;) {
        if (open) {
          const end = token.text.indexOf(';', offset)
          if (end === -1) { open.conditions += token.text.slice(offset); break }
          open.conditions = (open.conditions + token.text.slice(offset, end)).trim()
          open.end = at + end + 1
          out.push(open)
          open = undefined
          offset = end + 1
        }
        const found = token.text.indexOf('@import', offset)
        if (found === -1) break
        open = { specifier: '', conditions: '', start: at + found, end: css.length }
        offset = found + 7
      }
    } else if (open && token.kind !== 'comment') {
      if (open.specifier === '') open.specifier = token.value
      else open.conditions += token.text
    }
    at += token.text.length
  }
  if (open && open.specifier) out.push({ ...open, conditions: open.conditions.trim() })
  return out
}
