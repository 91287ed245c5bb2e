import { parseJsonc } from '../text/jsonc.ts'
import { join } from '../files/paths.ts'
import type { FileSet } from '../files/file-set.ts'

/**
 * An import prefix (or a whole specifier, where `exact`) and the folders or files it stands for; or the `package` that is
 * meant instead; or a `pattern` with its `replacement`. `external`: the page resolves it.
 */
export interface Alias { from: string; exact: boolean; to: string[]; package?: string; pattern?: RegExp; replacement?: string; external?: boolean }

export interface TypeScriptOptions {
  aliases: Alias[]
  jsxImportSource?: string
  /** The functions of the classic JSX runtime (`"jsx": "react"`). */
  jsxFactory?: string
  jsxFragment?: string
  /** `experimentalDecorators`. */
  decorators?: boolean
  /** Fields of classes are assigned in the constructor, not defined (`useDefineForClassFields`). */
  assignsFields?: boolean
}

const NAMES = ['/tsconfig.json', '/tsconfig.app.json', '/jsconfig.json']
/** Of `extends`: a longer chain is a circle. */
const LONGEST_CHAIN = 10

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {})

/** The files that the options come from. */
export const isTypeScriptConfig = (path: string): boolean => /^\/[^/]*(?:tsconfig|jsconfig)[^/]*\.json$/.test(path)

/** The options of the project's tsconfig files that change what runs. A file that is no JSON is passed over: the app runs without it. */
export function typeScriptOptions(files: FileSet): TypeScriptOptions {
  const options: TypeScriptOptions = { aliases: [] }
  for (const name of NAMES) {
    for (const { path, compiler } of chain(files, name)) {
      if (typeof compiler.jsxImportSource === 'string') options.jsxImportSource ??= compiler.jsxImportSource
      if (compiler.jsx === 'react') options.jsxFactory ??= typeof compiler.jsxFactory === 'string' ? compiler.jsxFactory : 'React.createElement'
      if (typeof compiler.jsxFragmentFactory === 'string') options.jsxFragment ??= compiler.jsxFragmentFactory
      if (typeof compiler.experimentalDecorators === 'boolean') options.decorators ??= compiler.experimentalDecorators
      if (typeof compiler.useDefineForClassFields === 'boolean') options.assignsFields ??= !compiler.useDefineForClassFields
      else if (typeof compiler.target === 'string' && /^es(?:3|5|6|20(?:1\d|2[01]))$/i.test(compiler.target)) options.assignsFields ??= true
      addPaths(options.aliases, compiler, path)
    }
  }
  return options
}

/** A file and those that it extends, the nearest first; later ones are overruled. */
function chain(files: FileSet, name: string): { path: string; compiler: Record<string, unknown> }[] {
  const out: { path: string; compiler: Record<string, unknown> }[] = []
  const queue = [name]
  for (let path = queue.shift(); path !== undefined && out.length < LONGEST_CHAIN; path = queue.shift()) {
    const text = files.text(path) ?? files.text(path + '.json')
    if (text === undefined) continue
    let whole: Record<string, unknown>
    try { whole = record(parseJsonc(text)) } catch { continue }
    out.push({ path, compiler: record(whole.compilerOptions) })
    const above = Array.isArray(whole.extends) ? whole.extends.toReversed() : [whole.extends]
    for (const one of above) if (typeof one === 'string' && one.startsWith('.')) queue.push(join(path, one))
  }
  return out
}

function addPaths(aliases: Alias[], compiler: Record<string, unknown>, path: string): void {
  const base = typeof compiler.baseUrl === 'string' ? join(path, './' + compiler.baseUrl + '/') : join(path, './')
  for (const [pattern, targets] of Object.entries(record(compiler.paths))) {
    if (!Array.isArray(targets)) continue
    const exact = !pattern.endsWith('*')
    const to = targets.filter((target): target is string => typeof target === 'string')
      .map((target) => slashed(join(base === '/' ? '/' : base + '/', target.replace(/\*$/, '')), target.endsWith('/*')))
    aliases.push({ from: pattern.replace(/\*$/, ''), exact, to })
  }
}

const slashed = (path: string, isFolder: boolean): string => (isFolder && !path.endsWith('/') ? path + '/' : path)
