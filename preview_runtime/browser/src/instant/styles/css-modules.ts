import { cssTokens } from '../text/css.ts'
import { hash } from '../files/hash.ts'

export interface CssModule { css: string; names: Record<string, string>; composes: { name: string; from: string; names: string[] }[] }

/** Gives each class, id and animation of a CSS module its own name. `:global(…)` and `:local(…)` as in the CSS Modules specification. */
export function cssModule(path: string, source: string): CssModule {
  const suffix = hash(path).slice(0, 5)
  const names: Record<string, string> = {}
  const rename = (name: string): string => (names[name] ??= `_${name}_${suffix}`)
  const animations = new Set<string>()
  for (const match of source.matchAll(/@(?:-webkit-)?keyframes\s+([\w-]+)/g)) animations.add(match[1]!)
  const composes: CssModule['composes'] = []

  // Strings, comments and url() become placeholders, so that the structure can be read character by character.
  const kept: string[] = []
  const flat = cssTokens(source).map((token) => (token.kind === 'text' ? token.text : `\u0001${kept.push(token.text) - 1}\u0002`)).join('')
  let out = ''
  let chunk = ''
  let selector = ''
  for (const c of flat) {
    if (c === '{') {
      const prelude = chunk
      selector = prelude.trim().startsWith('@') ? selector : prelude
      out += at(prelude, rename, animations) + c
      chunk = ''
    } else if (c === ';' || c === '}') {
      out += declaration(chunk, selector) + c
      chunk = ''
    } else chunk += c
  }
  out += chunk
  return { css: out.replace(/\u0001(\d+)\u0002/g, (_, n: string) => kept[Number(n)]!), names, composes }

  function declaration(text: string, owner: string): string {
    const composed = /^\s*composes\s*:\s*([\s\S]*)$/.exec(text)
    if (composed) {
      const from = /\sfrom\s+(?:\u0001(\d+)\u0002|(global))\s*$/.exec(composed[1]!)
      const list = composed[1]!.replace(/\sfrom\s[\s\S]*$/, '').trim().split(/\s+/)
      const source = from?.[2] ?? (from?.[1] !== undefined ? kept[Number(from[1])]!.slice(1, -1) : '')
      for (const name of owner.matchAll(/\.([A-Za-z_][\w-]*)/g)) composes.push({ name: name[1]!, from: source, names: list })
      return ''
    }
    return text.replace(/^(\s*(?:-webkit-)?animation(?:-name)?\s*:)([\s\S]*)$/, (_, property: string, value: string) =>
      property + value.replace(/[A-Za-z_][\w-]*/g, (word) => (animations.has(word) ? rename(word) : word)))
  }
}

/** Nested `:local(…)`: each is read once per level of nesting. */
const DEEPEST = 20

function at(prelude: string, rename: (name: string) => string, animations: Set<string>, depth = 0): string {
  if (depth > DEEPEST) throw new RangeError('selector')
  const frames = /^(\s*@(?:-webkit-)?keyframes\s+)([\w-]+)(\s*)$/.exec(prelude)
  if (frames) return frames[1]! + (animations.has(frames[2]!) ? rename(frames[2]!) : frames[2]!) + frames[3]!
  if (prelude.trim().startsWith('@') && !/^\s*@(?:scope|nest)\b/.test(prelude)) return prelude
  let out = ''
  for (let i = 0; i < prelude.length;) {
    const special = /^:(global|local)\(/.exec(prelude.slice(i))
    if (special) {
      const open = i + special[0].length
      const close = closing(prelude, open)
      const inner = prelude.slice(open, close)
      out += special[1] === 'global' ? inner : at(inner, rename, animations, depth + 1)
      i = close + 1
      continue
    }
    const bare = /^:(global|local)\b\s*/.exec(prelude.slice(i))
    if (bare) {
      i += bare[0].length
      if (bare[1] === 'global') { out += prelude.slice(i); break }
      continue
    }
    const name = /^([.#])(-?[A-Za-z_][\w-]*)/.exec(prelude.slice(i))
    if (name) { out += name[1]! + rename(name[2]!); i += name[0].length } else out += prelude[i++]
  }
  return out
}

function closing(text: string, from: number): number {
  for (let depth = 1, i = from; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i
  }
  return text.length
}
