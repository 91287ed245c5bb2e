import { parseJsonc } from '../text/jsonc.ts'
import { join } from '../files/paths.ts'
import type { FileSet } from '../files/file-set.ts'

/** An import prefix (or a whole specifier, where `exact`) and the folders or files it stands for. */
export interface Alias { from: string; exact: boolean; to: string[] }

export interface TypeScriptOptions { aliases: Alias[]; jsxImportSource?: string }

const NAMES = ['/tsconfig.json', '/tsconfig.app.json', '/jsconfig.json']

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {})

/** `paths` and `jsxImportSource` of the project's tsconfig files. A file that is no JSON is passed over: the app runs without it. */
export function typeScriptOptions(files: FileSet): TypeScriptOptions {
  const options: TypeScriptOptions = { aliases: [] }
  for (const name of NAMES) {
    const text = files.text(name)
    if (text === undefined) continue
    let compiler: Record<string, unknown>
    try { compiler = record(record(parseJsonc(text)).compilerOptions) } catch { continue }
    if (typeof compiler.jsxImportSource === 'string') options.jsxImportSource = compiler.jsxImportSource
    const base = typeof compiler.baseUrl === 'string' ? join('/', compiler.baseUrl + '/') : '/'
    for (const [pattern, targets] of Object.entries(record(compiler.paths))) {
      if (!Array.isArray(targets)) continue
      const exact = !pattern.endsWith('*')
      const to = targets.filter((target): target is string => typeof target === 'string')
        .map((target) => slashed(join(base === '/' ? '/' : base + '/', target.replace(/\*$/, '')), target.endsWith('/*')))
      options.aliases.push({ from: pattern.replace(/\*$/, ''), exact, to })
    }
  }
  return options
}

const slashed = (path: string, isFolder: boolean): string => (isFolder && !path.endsWith('/') ? path + '/' : path)
