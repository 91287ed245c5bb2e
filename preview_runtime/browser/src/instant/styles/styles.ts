import { phrase } from '../../engine/phrase.ts'
import { cssImports, rebaseUrls } from '../text/css.ts'
import { classify, flatten, sheetFile } from './css-graph.ts'
import { cssModule } from './css-modules.ts'
import { buildFault } from '../files/fault.ts'
import { join } from '../files/paths.ts'
import { isForeignSheet } from '../files/mime.ts'
import { resolve } from '../project/resolve.ts'
import { usesTailwind } from './tailwind.ts'
import type { Alias } from '../project/tsconfig.ts'
import type { CssModule } from './css-modules.ts'
import type { FileSet } from '../files/file-set.ts'
import type { ModuleNames } from '../project/vite-config.ts'
import type { Languages, SheetSettings } from './languages.ts'
import type { Tailwind } from './tailwind.ts'

/**
 * The sources of one build's style sheets. `packageStyle` returns the address of a package's CSS file, if there is one.
 */
export interface StyleContext {
  files: FileSet
  tailwind: Tailwind
  languages: Languages
  settings: SheetSettings
  moduleNames: ModuleNames
  packageStyle(specifier: string): string | undefined
}

export const isCssModule = (path: string): boolean => /\.module\.(?:css|scss|sass|less|pcss|postcss)$/.test(path)

/** The finished text of a style sheet: imports inlined, Tailwind applied, `url()` made absolute. */
export async function styleText(path: string, written: string, context: StyleContext, language?: string): Promise<string> {
  const foreign = language === undefined ? isForeignSheet(path) : language !== '.css'
  const source = foreign ? await context.languages.css(path, written, context.settings, language) : written
  if (usesTailwind(source)) return context.tailwind.css(path, source, context.files, context.packageStyle)
  const flat = source.includes('@import') ? flatten(path, source, context) : rebaseUrls(source, path)
  return usesTailwind(flat) ? context.tailwind.css(path, flat, context.files, context.packageStyle) : flat
}

/** The most names that one CSS module exports; `composes` of `composes` multiplies them. */
const MOST_NAMES = 100_000

/**
 * A CSS module's text and names, `composes` resolved through all files. A name is in a list once: a class twice is the
 * same as once.
 */
export async function styleModule(path: string, source: string, context: StyleContext): Promise<{ css: string; names: Record<string, string> }> {
  const sheets = new Map<string, string>()
  const { css, lists } = await composed(path, source, context, new Set(), sheets)
  const names: Record<string, string> = {}
  for (const [name, list] of lists) for (const own of exported(name, context.moduleNames.convention)) names[own] = [...list].join(' ')
  // What is composed from other files comes first, as if it were imported.
  return { css: [...sheets.values(), css].join('\n'), names }
}

/** `sheets` gets the texts of the files that names come from. */
async function composed(path: string, source: string, context: StyleContext, open: Set<string>, sheets: Map<string, string>): Promise<{ css: string; lists: Map<string, Set<string>> }> {
  const module: CssModule = cssModule(path, await styleText(path, source, context), context.moduleNames.pattern)
  const lists = new Map(Object.entries(module.names).map(([name, own]) => [name, new Set([own])]))
  const within = new Set([...open, path])
  const others = new Map<string, Map<string, Set<string>>>()
  const namesOf = async (from: string): Promise<Map<string, Set<string>>> => {
    const resolved = resolve(context.files, context.settings.aliases, from, path)
    const target = resolved.kind === 'file' ? resolved.path : join(path, from)
    if (within.has(target)) return new Map()
    const known = others.get(target)
    if (known) return known
    const { css, lists: theirs } = await composed(target, context.files.text(target) ?? '', context, within, sheets)
    if (!sheets.has(target)) sheets.set(target, css)
    others.set(target, theirs)
    return theirs
  }
  let count = 0
  for (const rule of module.composes) {
    const own = lists.get(rule.name)
    if (!own) continue
    for (const name of rule.names) {
      const found = rule.from === 'global' ? [name] : rule.from === '' ? [...(lists.get(name) ?? [])] : [...((await namesOf(rule.from)).get(name) ?? [])]
      if ((count += found.length) > MOST_NAMES) throw buildFault('too-large', phrase('engine.too_large.composes', { path: path.slice(1), limit: MOST_NAMES }), { file: path })
      for (const one of found) own.add(one)
    }
  }
  // `@value` names are exported as well.
  for (const [name, value] of Object.entries(module.values)) if (!lists.has(name)) lists.set(name, new Set([value]))
  return { css: module.css, lists }
}

/** The names under which a class is exported: `css.modules.localsConvention` of Vite. */
function exported(name: string, convention: string | undefined): string[] {
  const camel = name.replace(convention?.startsWith('dashes') ? /-+(\w)/g : /[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase())
  if (convention === 'camelCase' || convention === 'dashes') return [...new Set([name, camel])]
  return convention === 'camelCaseOnly' || convention === 'dashesOnly' ? [camel] : [name]
}

/** Package specifiers that a style sheet and its imported files use. */
export function packageStyles(path: string, source: string, files: FileSet, aliases: Alias[], out = new Map<string, string>(), seen = new Set<string>()): Map<string, string> {
  if (seen.has(path)) return out
  seen.add(path)
  for (const rule of cssImports(source)) {
    const target = sheetFile(files, aliases, rule.specifier, path)
    if (target === undefined) {
      if (classify(rule.specifier) === 'package' && !/^(?:tailwindcss(?:\/|$)|tw-animate-css$|tailwindcss-animate$)/.test(rule.specifier)) out.set(rule.specifier, path)
      continue
    }
    const text = files.text(target)
    if (text !== undefined) packageStyles(target, text, files, aliases, out, seen)
  }
  return out
}
