import { phrase } from '../../engine/phrase.ts'
import { buildFault } from '../files/fault.ts'
import type { FileSet } from '../files/file-set.ts'

/** In characters: each module that uses `import.meta.env` carries all of it. */
const LARGEST = 64 * 1024

/** Where the values come from (a folder with a slash at its end), and the prefixes of the names that an app may read. */
export interface EnvSource { folder: string; prefixes: string[]; base?: string }

export const isEnvFile = (path: string): boolean => /\/\.env(?:\.[\w.-]+)?$/.test(path)

/**
 * `import.meta.env` as Vite's development server gives it, or (`built`) its build: later files win, only names with a
 * prefix leave the file. Without a file for production, a build uses the development values.
 */
export function environment(files: FileSet, built = false, from: EnvSource = { folder: '/', prefixes: ['VITE_'] }): Record<string, string | boolean> {
  const env: Record<string, string | boolean> = { BASE_URL: (built ? from.base : undefined) ?? '/', MODE: built ? 'production' : 'development', DEV: !built, PROD: built, SSR: false }
  const values: Record<string, string> = {}
  const at = (name: string): string => from.folder + name
  const production = ['.env.production', '.env.production.local']
  const mode = built && production.some((name) => files.has(at(name))) ? production : ['.env.development', '.env.development.local']
  for (const name of ['.env', '.env.local', ...mode]) {
    for (const [key, value] of parseEnv(files.text(at(name)) ?? '')) values[key] = value
  }
  let size = 0
  for (const [key, value] of Object.entries(values)) {
    if (!from.prefixes.some((prefix) => key.startsWith(prefix))) continue
    const text = expanded(key, values, new Set(), () => LARGEST - size)
    if (text === undefined || (size += text.length) > LARGEST) throw buildFault('too-large', phrase('engine.too_large.env', { limit: LARGEST / 1024 }), { file: '/.env' })
    env[key] = value === '' ? '' : text
  }
  return env
}

/**
 * A value with `$NAME`, `${NAME}` and `${NAME:-otherwise}` replaced; a backslash keeps the sign. Undefined when it gets
 * longer than `room` characters.
 */
function expanded(key: string, values: Record<string, string>, open: Set<string>, room: () => number): string | undefined {
  if (open.has(key)) return ''
  const within = new Set([...open, key])
  let size = 0
  let tooLong = within.size > 50
  const text = (values[key] ?? '').replace(/\\\$|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g, (whole, braced: string | undefined, otherwise: string | undefined, bare: string | undefined) => {
    const name = braced ?? bare
    if (name === undefined || tooLong) return whole === '\\$' ? '$' : whole
    const put = name in values ? expanded(name, values, within, () => room() - size) : otherwise ?? ''
    if (put === undefined || (size += put.length) > room()) { tooLong = true; return '' }
    return put
  })
  return tooLong ? undefined : text
}

/** The `KEY=value` lines of a dotenv file; quotes are taken off and may hold lines, `#` ends a bare value. */
export function parseEnv(text: string): [string, string][] {
  const out: [string, string][] = []
  const lines = text.split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    const match = /^\s*(?:export\s+)?([\w.-]+)\s*(?:=|:\s)\s*(.*)$/.exec(lines[i]!)
    if (!match) continue
    let raw = match[2]!.trim()
    const quote = raw[0]
    if (quote === '"' || quote === "'" || quote === '`') {
      let end = i
      while (raw.indexOf(quote, 1) === -1 && end + 1 < lines.length && end - i < 100) raw += '\n' + lines[++end]!
      const close = raw.indexOf(quote, 1)
      if (close > 0) {
        i = end
        const inner = raw.slice(1, close)
        out.push([match[1]!, quote === '"' ? inner.replace(/\\n/g, '\n').replace(/\\r/g, '\r') : inner])
        continue
      }
      raw = match[2]!.trim()
    }
    out.push([match[1]!, raw.replace(/#.*$/, '').trim()])
  }
  return out
}
