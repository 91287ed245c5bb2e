import { phrase } from '../../engine/phrase.ts'
import { cssImports, rebaseUrls } from '../text/css.ts'
import { classify, flatten } from './css-graph.ts'
import { cssModule } from './css-modules.ts'
import { buildFault } from '../files/fault.ts'
import { join } from '../files/paths.ts'
import { usesTailwind } from './tailwind.ts'
import type { CssModule } from './css-modules.ts'
import type { FileSet } from '../files/file-set.ts'
import type { Tailwind } from './tailwind.ts'

/**
 * The sources of one build's style sheets. `packageStyle` returns the address of a package's CSS file, if there is one.
 */
export interface StyleContext { files: FileSet; tailwind: Tailwind; packageStyle(specifier: string): string | undefined }

export const isCssModule = (path: string): boolean => /\.module\.css$/.test(path)

/** The finished text of a style sheet: imports inlined, Tailwind applied, `url()` made absolute. */
export async function styleText(path: string, source: string, context: StyleContext): Promise<string> {
  if (usesTailwind(source)) return context.tailwind.css(path, source, context.files, context.packageStyle)
  const flat = source.includes('@import') ? flatten(path, source, context) : rebaseUrls(source, path)
  return usesTailwind(flat) ? context.tailwind.css(path, flat, context.files, context.packageStyle) : flat
}

/** The most names that one CSS module exports; `composes` of `composes` multiplies them. */
const MOST_NAMES = 100_000

/** A CSS module's text and names, `composes` resolved. A name is in a list once: a class twice is the same as once. */
export async function styleModule(path: string, source: string, context: StyleContext): Promise<{ css: string; names: Record<string, string> }> {
  const module: CssModule = cssModule(path, await styleText(path, source, context))
  const lists = new Map(Object.entries(module.names).map(([name, own]) => [name, new Set([own])]))
  const others = new Map<string, Record<string, string>>()
  const namesOf = (from: string): Record<string, string> => {
    const target = join(path, from)
    const known = others.get(target) ?? cssModule(target, context.files.text(target) ?? '').names
    others.set(target, known)
    return known
  }
  let count = 0
  for (const rule of module.composes) {
    const own = lists.get(rule.name)
    if (!own) continue
    for (const name of rule.names) {
      const found = rule.from === 'global' ? [name] : rule.from === '' ? [...(lists.get(name) ?? [])] : [namesOf(rule.from)[name]]
      if ((count += found.length) > MOST_NAMES) throw buildFault('too-large', phrase('engine.too_large.composes', { path: path.slice(1), limit: MOST_NAMES }), { file: path })
      for (const one of found) if (one !== undefined) own.add(one)
    }
  }
  return { css: module.css, names: Object.fromEntries([...lists].map(([name, list]) => [name, [...list].join(' ')])) }
}

/** Package specifiers that a style sheet and its imported files use. */
export function packageStyles(path: string, source: string, files: FileSet, out = new Map<string, string>(), seen = new Set<string>()): Map<string, string> {
  if (seen.has(path)) return out
  seen.add(path)
  for (const rule of cssImports(source)) {
    const kind = classify(rule.specifier)
    if (kind === 'package' && !/^(?:tailwindcss(?:\/|$)|tw-animate-css$|tailwindcss-animate$)/.test(rule.specifier)) out.set(rule.specifier, path)
    else if (kind === 'relative') {
      const target = join(path, rule.specifier)
      const text = files.text(target)
      if (text !== undefined) packageStyles(target, text, files, out, seen)
    }
  }
  return out
}
