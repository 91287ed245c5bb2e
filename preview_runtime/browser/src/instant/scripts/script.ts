import { phrase, verbatim } from '../../engine/phrase.ts'
import { transform } from 'sucrase'
import type { Transform } from 'sucrase'
import { buildFault } from '../files/fault.ts'
import { extension } from '../files/paths.ts'
import { readSyntax } from '../text/syntax.ts'
import { refreshOf } from './refresh.ts'
import { withPlaces } from './element-places.ts'
import type { Phrase } from '../../engine/phrase.ts'
import type { Refresh } from './refresh.ts'
import type { Syntax } from '../text/syntax.ts'

/** A script compiled to plain JavaScript; its imports are not resolved yet. `placed`: see `withPlaces`. */
export interface Script { code: string; syntax: Syntax; refresh?: Refresh; placed?: boolean }

/** `production`: without parts that only development needs, such as the place of each element and hot replacement. */
export interface ScriptOptions { react: boolean; production?: boolean; jsxImportSource?: string }

const SCRIPTS = new Set(['.ts', '.tsx', '.js', '.jsx', '.mjs', '.mts', '.cjs', '.cts'])

export const isScript = (path: string): boolean => SCRIPTS.has(extension(path))

/** TypeScript and JSX to JavaScript; lines are kept. Throws BuildFault where the text is not valid. */
export function toJavaScript(path: string, source: string, options: ScriptOptions): string {
  const ext = extension(path)
  const typed = /^\.[cm]?tsx?$/.test(ext)
  // Vite refuses JSX in .js files; models write it all the same, and `<` never begins anything else in JavaScript.
  const jsx = ext === '.tsx' || ext === '.jsx' || (ext === '.js' && /<[A-Za-z>]/.test(source))
  if (!typed && !jsx) return source
  const transforms: Transform[] = []
  if (typed) transforms.push('typescript')
  if (jsx) transforms.push('jsx')
  try {
    return transform(source, {
      transforms, jsxRuntime: 'automatic', production: options.production === true, filePath: path, disableESTransforms: true, preserveDynamicImport: true,
      ...(options.jsxImportSource ? { jsxImportSource: options.jsxImportSource } : {}),
    }).code
  } catch (error) { throw syntaxFault(path, source, error) }
}

export function compileScript(path: string, source: string, options: ScriptOptions): Script {
  const code = toJavaScript(path, source, options)
  const placed = options.react && !options.production ? withPlaces(path, source, code) : undefined
  const script = analyse(path, source, placed ?? code, options.react && !options.production)
  return placed === undefined ? script : { ...script, placed: true }
}

/** `source` is what the person wrote and `code` its JavaScript, line for line. */
export function analyse(path: string, source: string, code: string, react: boolean): Script {
  let syntax: Syntax
  try { syntax = readSyntax(code) } catch (error) { throw syntaxFault(path, source, error) }
  const refresh = react && !/\$RefreshReg\$/.test(source) ? refreshOf(code, syntax) : undefined
  return refresh ? { code, syntax, refresh } : { code, syntax }
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
  return buildFault('syntax', reason.startsWith("Unexpected character '@'") ? phrase('engine.syntax.decorators', { what: says }) : says, { file: path, line, column }, source)
}

/** The fault for a file that cannot be parsed, with its compiler's reason. */
export function unreadable(path: string, told: string, line: number | undefined): Phrase {
  const reason = told.replace(/\.$/, '')
  return line ? phrase('engine.syntax.line', { path: path.slice(1), reason, line }) : phrase('engine.syntax', { path: path.slice(1), reason })
}

const lowerFirst = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text)
