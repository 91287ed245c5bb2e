import { MAX_TEXT } from './messages.ts'

/** Console arguments as one text, the way a console shows them: `%s` and its kin filled in, objects opened two levels deep. */
export function consoleText(args: unknown[]): string {
  let rest = args
  let out = ''
  if (typeof args[0] === 'string' && /%[sdifoOc]/.test(args[0])) {
    rest = args.slice(1)
    out = args[0].replace(/%([sdifoOc%])/g, (whole, kind: string) => {
      if (kind === '%') return '%'
      if (rest.length === 0) return whole
      const value = rest[0]
      rest = rest.slice(1)
      if (kind === 'c') return ''
      if (kind === 'd' || kind === 'i') return String(Math.trunc(Number(value)))
      if (kind === 'f') return String(Number(value))
      return kind === 's' && typeof value === 'string' ? value : inspect(value)
    })
  }
  const tail = rest.map((value) => (typeof value === 'string' ? value : inspect(value)))
  return cut([...(out ? [out] : []), ...tail].join(' '))
}

/** What the preview host adds to the addresses of modules (`walked_page.py`): nobody wrote it. */
const SEAL = /\?v=[0-9a-f]{16}\b/g

export function cut(text: string): string {
  const plain = text.replace(SEAL, '')
  return plain.length > MAX_TEXT ? plain.slice(0, MAX_TEXT) + '…' : plain
}

export function inspect(value: unknown, depth = 2, seen: unknown[] = []): string {
  try {
    if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return String(value)
    if (typeof value === 'string') return JSON.stringify(value.length > 500 ? value.slice(0, 500) + '…' : value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'symbol') return value.toString()
    if (typeof value === 'function') return `ƒ ${value.name || '(anonymous)'}`
    if (value instanceof Error) return value.stack?.includes(value.message) ? value.stack : `${value.name}: ${value.message}\n${value.stack ?? ''}`
    if (value instanceof Element) return `<${value.tagName.toLowerCase()}${value.id ? ` id="${value.id}"` : ''}>`
    if (value instanceof Date) return value.toString()
    if (value instanceof RegExp) return String(value)
    if (seen.includes(value)) return '[Circular]'
    const inside = [...seen, value]
    if (Array.isArray(value)) {
      if (depth === 0) return `Array(${value.length})`
      return `[${value.slice(0, 50).map((item) => inspect(item, depth - 1, inside)).join(', ')}${value.length > 50 ? ', …' : ''}]`
    }
    if (value instanceof Map) return `Map(${value.size}) ${depth === 0 ? '' : inspect(Object.fromEntries([...value].slice(0, 50).map(([k, v]) => [String(k), v])), depth - 1, inside)}`
    if (value instanceof Set) return `Set(${value.size}) ${depth === 0 ? '' : inspect([...value].slice(0, 50), depth - 1, inside)}`
    const name = (value as object).constructor?.name
    const prefix = name && name !== 'Object' ? name + ' ' : ''
    if (depth === 0) return `${prefix}{…}`
    const keys = Object.keys(value)
    return `${prefix}{${keys.slice(0, 30).map((key) => `${key}: ${inspect((value as Record<string, unknown>)[key], depth - 1, inside)}`).join(', ')}${keys.length > 30 ? ', …' : ''}}`
  } catch { return '[unreadable]' }  // a getter or proxy of the app threw
}

/** The first place in a stack that lies in the project. */
export function placeOf(stack: string): { file?: string; line?: number; column?: number } {
  for (const match of stack.matchAll(/(https?:\/\/[^\s()]+?):(\d+):(\d+)/g)) {
    let url: URL
    try { url = new URL(match[1]!) } catch { continue }
    if (url.origin !== location.origin || url.pathname.startsWith('/@')) continue
    const file = decodeURI(url.pathname).slice(1)
    // Components of Vue and Svelte do not keep their lines when they are compiled.
    return /\.(?:vue|svelte)$/.test(file) ? { file } : { file, line: Number(match[2]), column: Number(match[3]) }
  }
  return {}
}
