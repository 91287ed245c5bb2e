import { shown } from './paths.ts'
import { phrase } from '../../engine/phrase.ts'
import type { Fault, Suggestion } from '../../engine/engine.ts'
import type { Phrase } from '../../engine/phrase.ts'

export interface FaultPlace { file: string; line?: number; column?: number }

/** A fault found while compiling, on its way to the person. */
export class BuildFault extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.says.key)
    this.fault = fault
  }
}

/** The lines around `line` with a caret under `column` (both from 1), as compilers print them. */
export function codeFrame(source: string, line: number, column?: number): string {
  const lines = source.split('\n')
  const first = Math.max(1, line - 2)
  const last = Math.min(lines.length, line + 2)
  const width = String(last).length
  const out: string[] = []
  for (let n = first; n <= last; n++) {
    const text = (lines[n - 1] ?? '').slice(0, 160)
    out.push(`${n === line ? '>' : ' '} ${String(n).padStart(width)} | ${text}`)
    if (n === line && column !== undefined) out.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, Math.min(column, 160) - 1))}^`)
  }
  return out.join('\n')
}

/** Line and column (from 1) of an offset. */
export function position(source: string, offset: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) { line++; start = at + 1 }
  return { line, column: Math.max(1, offset - start + 1) }
}

export function buildFault(code: string, says: Phrase, place?: FaultPlace, source?: string, suggestion?: Suggestion): BuildFault {
  return make('build', code, says, place, source, suggestion)
}

/** The project needs something that this engine does not support: another engine has to run it. */
export function policyFault(code: string, what: Phrase, file?: string): BuildFault {
  return make('policy', code, phrase('engine.elsewhere', { what }), file === undefined ? undefined : { file })
}

function make(kind: Fault['kind'], code: string, says: Phrase, place?: FaultPlace, source?: string, suggestion?: Suggestion): BuildFault {
  const fault: Fault = { kind, code, says }
  if (place) {
    fault.file = shown(place.file)
    if (place.line !== undefined) {
      fault.line = place.line
      if (place.column !== undefined) fault.column = place.column
      if (source !== undefined) fault.frame = codeFrame(source, place.line, place.column)
    }
  }
  if (suggestion) fault.suggestion = suggestion
  return new BuildFault(fault)
}

/** The number of single-character edits between two names (Levenshtein), given up beyond `limit`. */
export function editDistance(a: string, b: string, limit = 8): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

/** The candidate most similar to `name`, if one is similar enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  if (name.length > 100) return undefined
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 0.5
  for (const candidate of candidates) {
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0.1 : editDistance(name, candidate)
    if (distance < bestDistance) { best = candidate; bestDistance = distance }
  }
  return best
}

/** The fault for a file that cannot be parsed, with its compiler's reason. */
export function unreadable(path: string, told: string, line: number | undefined): Phrase {
  const reason = told.replace(/\.$/, '')
  return line ? phrase('engine.syntax.line', { path: path.slice(1), reason, line }) : phrase('engine.syntax', { path: path.slice(1), reason })
}
