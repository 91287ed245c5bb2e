import { phrase } from '../../engine/phrase.ts'
import { buildFault } from '../files/fault.ts'
import type { FileSet } from '../files/file-set.ts'

/** In characters: each module that uses `import.meta.env` carries all of it. */
const LARGEST = 64 * 1024

/**
 * `import.meta.env` as Vite's development server gives it, or (`built`) its build: later files win, only `VITE_` names
 * leave the file. Without a file for production, a build uses the development values.
 */
export function environment(files: FileSet, built = false): Record<string, string | boolean> {
  const env: Record<string, string | boolean> = { BASE_URL: '/', MODE: built ? 'production' : 'development', DEV: !built, PROD: built, SSR: false }
  const values: Record<string, string> = {}
  let size = 0
  const tooLarge = () => buildFault('too-large', phrase('engine.too_large.env', { limit: LARGEST / 1024 }), { file: '/.env' })
  const production = ['/.env.production', '/.env.production.local']
  const mode = built && production.some((name) => files.has(name)) ? production : ['/.env.development', '/.env.development.local']
  for (const name of ['/.env', '/.env.local', ...mode]) {
    for (const [key, value] of parseEnv(files.text(name) ?? '')) values[key] = value
  }
  for (const [key, value] of Object.entries(values)) {
    if (!key.startsWith('VITE_')) continue
    const text = value.replace(/\$\{(\w+)\}/g, (whole, other: string) => {
      const put = values[other] ?? whole
      if ((size += put.length) > LARGEST) throw tooLarge()
      return put
    })
    if ((size += text.length) > LARGEST) throw tooLarge()
    env[key] = text
  }
  return env
}

/** The `KEY=value` lines of a dotenv file; quotes are taken off, `#` after a space ends a bare value. */
export function parseEnv(text: string): [string, string][] {
  const out: [string, string][] = []
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/.exec(line)
    if (!match) continue
    const raw = match[2]!.trim()
    const quote = raw[0]
    const close = quote === '"' || quote === "'" || quote === '`' ? raw.indexOf(quote, 1) : -1
    if (close > 0) {
      const inner = raw.slice(1, close)
      out.push([match[1]!, quote === '"' ? inner.replace(/\\n/g, '\n') : inner])
    } else out.push([match[1]!, raw.replace(/(?<!\s)\s+#.*$/, '')])
  }
  return out
}
