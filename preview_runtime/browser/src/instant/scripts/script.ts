import { phrase, verbatim } from '../../engine/phrase.ts'
import { transform } from 'sucrase'
import type { Transform } from 'sucrase'
import { buildFault, policyFault, unreadable } from '../files/fault.ts'
import { extension } from '../files/paths.ts'
import { readSyntax } from '../text/syntax.ts'
import { refreshOf } from './refresh.ts'
import { constants } from './constants.ts'
import { withPlaces } from './element-places.ts'
import type { Edit } from '../files/edits.ts'
import type { Refresh } from './refresh.ts'
import type { Syntax } from '../text/syntax.ts'

/** A script compiled to plain JavaScript; its imports are not resolved yet. `placed`: see `withPlaces`. */
export interface Script { code: string; syntax: Syntax; constants: Edit[]; refresh?: Refresh; placed?: boolean }

/** `production`: without parts that only development needs, such as the place of each element and hot replacement. */
export interface ScriptOptions {
  react: boolean
  production?: boolean
  jsxImportSource?: string
  /** The functions of the classic JSX runtime, where that is asked for. */
  jsxFactory?: string
  jsxFragment?: string
  /** Constants by their names in the code, as the texts of expressions. */
  define?: Record<string, string>
  /** TypeScript's decorators, and fields that are assigned rather than defined. */
  decorators?: boolean
  assignsFields?: boolean
}

/** Of a file: its pragmas stand at its beginning. */
const LONGEST_HEAD = 4_000

/** TypeScript and JSX to JavaScript; lines are kept. Throws BuildFault where the text is not valid. */
export function toJavaScript(path: string, source: string, options: ScriptOptions): string {
  const ext = extension(path)
  const typed = /^\.[cm]?tsx?$/.test(ext)
  // Vite refuses JSX in .js files; models write it all the same, and `<` never begins anything else in JavaScript.
  const hasJsx = ext === '.tsx' || ext === '.jsx' || (ext === '.js' && /<[A-Za-z>]/.test(source))
  if (!typed && !hasJsx) return source
  const transforms: Transform[] = []
  if (typed) transforms.push('typescript')
  if (hasJsx) transforms.push('jsx')
  try {
    return transform(source, {
      transforms, production: options.production === true, filePath: path, disableESTransforms: true, preserveDynamicImport: true,
      ...jsx(source, options),
    }).code
  } catch (error) { throw syntaxFault(path, source, error) }
}

/** The JSX runtime that the file's own comments ask for, else the project's. */
function jsx(source: string, options: ScriptOptions): Partial<Parameters<typeof transform>[1]> {
  const said = (name: string): string | undefined => new RegExp(`\\*[^\\n]*@${name}\\s+["']?([^\\s*"']+)`).exec(source.slice(0, LONGEST_HEAD))?.[1]
  const own = said('jsxImportSource')
  const factory = said('jsx')
  const runtime = said('jsxRuntime')
  if (runtime === 'classic' || (runtime === undefined && own === undefined && (factory !== undefined || options.jsxFactory !== undefined))) {
    // As in a build: a function of the project's own takes no notes of where an element is written.
    return { jsxRuntime: 'classic', production: true, jsxPragma: factory ?? options.jsxFactory ?? 'React.createElement', jsxFragmentPragma: said('jsxFrag') ?? options.jsxFragment ?? 'React.Fragment' }
  }
  const from = own ?? options.jsxImportSource
  return { jsxRuntime: 'automatic', ...(from ? { jsxImportSource: from } : {}) }
}

/** Whether a file may hold what only TypeScript's own compiler turns into JavaScript: see `lowering/`. */
export function needsLowering(path: string, source: string, { decorators, assignsFields }: ScriptOptions): boolean {
  if (!/\.[cm]?tsx?$/.test(path)) return false
  return /\b(?:namespace|module)\s+[\w.]+\s*\{/.test(source) || (decorators === true && source.includes('@')) || (assignsFields === true && /\bclass\b/.test(source))
}

/** `lowered`: the source after `lowering/`, the same for most files. */
export function compileScript(path: string, source: string, options: ScriptOptions, lowered = source): Script {
  const code = toJavaScript(path, lowered, options)
  const placed = options.react && !options.production && lowered === source ? withPlaces(path, source, code) : undefined
  const script = analyse(path, source, placed ?? code, options)
  return placed === undefined ? script : { ...script, placed: true }
}

/** `source` is what the person wrote and `code` its JavaScript, line for line. */
export function analyse(path: string, source: string, code: string, options: ScriptOptions): Script {
  let syntax: Syntax
  try { syntax = readSyntax(code) } catch (error) { throw syntaxFault(path, source, error) }
  const defined = constants(code, syntax.program, options.define ?? {})
  const refresh = options.react && !options.production && !/\$RefreshReg\$/.test(source) ? refreshOf(code, syntax) : undefined
  return { code, syntax, constants: defined, ...(refresh && { refresh }) }
}

/** Turns what sucrase and acorn throw into a sentence with its place. */
export function syntaxFault(path: string, source: string, error: unknown): Error {
  if (!(error instanceof Error)) return buildFault('syntax', verbatim(String(error)), { file: path })
  const loc = (error as { loc?: { line: number; column: number } }).loc
  const match = /\((\d+):(\d+)\)/.exec(error.message)
  // acorn counts columns from 0, sucrase's message from 1
  const line = match ? Number(match[1]) : loc?.line
  const column = match ? Number(match[2]) + (loc && 'pos' in error && 'raisedAt' in error ? 1 : 0) : undefined
  const reason = error.message.replace(/^Error transforming [^:]*: /, '').replace(/^Error parsing [^:]*: /, '').replace(/\s*\(\d+:\d+\)\s*$/, '')
  const says = unreadable(path, lowerFirst(reason), line)
  // Decorators of the language, or TypeScript's without its setting.
  if (/^unexpected (?:character '@'|token)/i.test(reason) && /(?:^|[\s;{}(,])@[A-Za-z_$][\w$.]*/m.test(line === undefined ? source : source.split('\n')[line - 1] ?? '')) return policyFault('decorators', phrase('engine.decorators', { path: path.slice(1) }), path)
  return buildFault('syntax', says, { file: path, line, column }, source)
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text)
