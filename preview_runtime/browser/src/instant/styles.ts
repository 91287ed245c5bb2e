import { cssImports, rebaseUrls } from './css.ts'
import { cssModule } from './css-modules.ts'
import { buildFault, position } from './fault.ts'
import { join } from './paths.ts'
import { refuseImport } from './unsupported.ts'
import { usesTailwind } from './tailwind.ts'
import type { CssModule } from './css-modules.ts'
import type { FileSet } from './file-set.ts'
import type { Tailwind } from './tailwind.ts'

/** What the stylesheets of one build draw on. `packageStyle` gives the address of a package's CSS file, if there is one. */
export interface StyleContext { files: FileSet; tailwind: Tailwind; packageStyle(specifier: string): string | undefined }

export const isCssModule = (path: string): boolean => /\.module\.css$/.test(path)

/** The finished text of a stylesheet: imports laid in, Tailwind applied, `url()` led to the root. */
export async function styleText(path: string, source: string, context: StyleContext): Promise<string> {
  if (usesTailwind(source)) return context.tailwind.css(path, source, context.files, context.packageStyle)
  const outside: string[] = []
  const flat = flatten(path, source, context, outside, new Set([path]))
  const css = usesTailwind(flat) ? await context.tailwind.css(path, flat, context.files, context.packageStyle) : flat
  return outside.join('') + css
}

/** A CSS module's text and names, `composes` resolved. */
export async function styleModule(path: string, source: string, context: StyleContext): Promise<{ css: string; names: Record<string, string> }> {
  const module: CssModule = cssModule(path, await styleText(path, source, context))
  const names = { ...module.names }
  for (const rule of module.composes) {
    for (const name of rule.names) {
      const other = rule.from === 'global' ? name : rule.from === '' ? names[name] : cssModule(join(path, rule.from), context.files.text(join(path, rule.from)) ?? '').names[name]
      if (other !== undefined && names[rule.name] !== undefined) names[rule.name] += ' ' + other
    }
  }
  return { css: module.css, names }
}

/** Package specifiers that a stylesheet and the files it imports draw in. */
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

function classify(specifier: string): 'relative' | 'external' | 'package' {
  if (specifier.startsWith('.') || (specifier.startsWith('/') && !specifier.startsWith('//'))) return 'relative'
  return /^(?:[a-z]+:)?\/\//i.test(specifier) || /^data:/i.test(specifier) ? 'external' : 'package'
}

function flatten(path: string, source: string, context: StyleContext, outside: string[], open: Set<string>): string {
  let out = ''
  let at = 0
  for (const rule of cssImports(source)) {
    out += source.slice(at, rule.start)
    at = rule.end
    const kind = classify(rule.specifier)
    if (kind === 'external') { outside.push(`@import url(${JSON.stringify(rule.specifier)}) ${rule.conditions};`); continue }
    if (kind === 'package') {
      const address = context.packageStyle(rule.specifier)
      if (address !== undefined) { outside.push(`@import url(${JSON.stringify(address)}) ${rule.conditions};`); continue }
    }
    const target = join(path, rule.specifier)
    refuseImport(target)
    const text = context.files.text(target)
    if (text === undefined) throw buildFault('missing-file', `${path.slice(1)} imports “${rule.specifier}”, which does not exist.`, { file: path, ...position(source, rule.start) }, source)
    if (open.has(target)) continue
    const inner = flatten(target, text, context, outside, new Set([...open, target]))
    out += wrap(inner, rule.conditions)
  }
  return rebaseUrls(out + source.slice(at), path)
}

function wrap(css: string, conditions: string): string {
  let rest = conditions
  let out = css
  const layer = /^layer(?:\(([^)]*)\))?/.exec(rest)
  if (layer) rest = rest.slice(layer[0].length).trim()
  const supports = /^supports\(((?:[^()]|\([^()]*\))*)\)/.exec(rest)
  if (supports) rest = rest.slice(supports[0].length).trim()
  if (rest !== '') out = `@media ${rest}{${out}}`
  if (supports) out = `@supports (${supports[1]}){${out}}`
  if (layer) out = `@layer ${layer[1] ?? ''}{${out}}`
  return out
}
