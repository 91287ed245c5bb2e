import { phrase } from '../../engine/phrase.ts'
import { buildFault } from '../files/fault.ts'
import { join, relativeSpecifier, shown } from '../files/paths.ts'
import { LONGEST_PATTERN, wildcard } from '../text/wildcard.ts'
import type { Alias } from './tsconfig.ts'
import type { FileSet } from '../files/file-set.ts'

/** `import.meta.glob` patterns (`*`, `**`, `?`, `{a,b}`, `[ab]`, leading `!`) as a test for absolute paths. */
export function globMatcher(patterns: string[], importer: string, aliases: Alias[]): (path: string) => boolean {
  const tests = patterns.map((pattern) => {
    const negative = pattern.startsWith('!')
    return { negative, matches: readGlob(rooted(negative ? pattern.slice(1) : pattern, importer, aliases), importer) }
  })
  return (path) => tests.some((t) => !t.negative && t.matches(path)) && !tests.some((t) => t.negative && t.matches(path))
}

function readGlob(pattern: string, importer: string): (path: string) => boolean {
  if (pattern.length > LONGEST_PATTERN) throw buildFault('glob', phrase('engine.glob', { path: shown(importer), length: pattern.length, limit: LONGEST_PATTERN }), { file: importer })
  return wildcard(pattern)
}

function rooted(pattern: string, importer: string, aliases: Alias[]): string {
  if (pattern.startsWith('/')) return pattern
  if (pattern.startsWith('.')) return join(importer, pattern)
  for (const alias of aliases) {
    const to = alias.to[0]
    if (to === undefined) continue
    if (alias.exact ? pattern.startsWith(alias.from + '/') : pattern.startsWith(alias.from)) return to + pattern.slice(alias.from.length)
  }
  return pattern.startsWith('**') ? '/' + pattern : join(importer, './' + pattern)
}

/**
 * The files that a pattern matches, as (key in the result, path). Keys are relative if all patterns are, as in Vite, and
 * then seen from the folder `base` where one is given.
 */
export function expandGlob(files: FileSet, patterns: string[], importer: string, aliases: Alias[], base?: string): { key: string; path: string }[] {
  const from = base === undefined ? importer : join(importer, base.startsWith('/') || base.startsWith('.') ? base : './' + base) + '/.'
  const matches = globMatcher(patterns, from, aliases)
  const relative = base !== undefined || patterns.every((pattern) => /^!?\./.test(pattern) || pattern.startsWith('!'))
  const out: { key: string; path: string }[] = []
  for (const path of files.paths()) {
    if (path === importer || path.includes('/node_modules/') || !matches(path)) continue
    out.push({ key: relative ? relativeSpecifier(from, path) : path, path })
  }
  return out.sort((a, b) => (a.key < b.key ? -1 : 1))
}
