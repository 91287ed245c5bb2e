import { cssTokens } from '../text/css.ts'
import { hash } from '../files/hash.ts'
import { extension, fileName } from '../files/paths.ts'

export interface CssModule { css: string; names: Record<string, string>; composes: { name: string; from: string; names: string[] }[]; values: Record<string, string> }

/** Gives each class, id and animation of a CSS module its own name. `:global(…)` and `:local(…)` as in the CSS Modules specification. */
export function cssModule(path: string, written: string, pattern?: string): CssModule {
  const suffix = hash(path).slice(0, 5)
  const names: Record<string, string> = {}
  const rename = (name: string): string => (names[name] ??= pattern === undefined ? `_${name}_${suffix}` : patterned(pattern, path, name, suffix))
  const { source, values } = withValues(written)
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
  return { css: out.replace(/\u0001(\d+)\u0002/g, (_, n: string) => kept[Number(n)]!), names, composes, values }

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

/** Longer lists are no names of a style sheet. */
const MOST_VALUES = 200

/** `@value name: value;` put in place of its name. Values of other files are left as they are. */
function withValues(source: string): { source: string; values: Record<string, string> } {
  const values: Record<string, string> = {}
  if (!source.includes('@value')) return { source, values }
  let rest = source.replace(/@value\s+([\w-]+)\s*:?\s+([^;{}]+);/g, (whole, name: string, value: string) => {
    if (/\sfrom\s/.test(value) || Object.keys(values).length >= MOST_VALUES) return whole
    values[name] = value.trim()
    return ''
  })
  const names = Object.keys(values)
  if (names.length > 0) rest = rest.replace(/(?<![\w.#-])[A-Za-z_][\w-]*(?![\w-]|\s*\()/g, (word) => (Object.hasOwn(values, word) ? values[word]! : word))
  return { source: rest, values }
}

/** A class's name by `css.modules.generateScopedName`. */
function patterned(pattern: string, path: string, name: string, suffix: string): string {
  const file = fileName(path).replace(/\.\w+$/, '')
  return pattern.replace('[name]', file).replace('[local]', name).replace('[ext]', extension(path)).replace(/\[(?:\w+:)?(?:content)?hash(?::[^\]]*)?\]/g, suffix).replace('[path]', '').replace(/[^\w-]/g, '-')
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
