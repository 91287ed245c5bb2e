import { phrase, reasonOf } from '../../engine/phrase.ts'
import { compile } from 'tailwindcss'
import { rebaseUrls } from '../text/css.ts'
import { buildFault, policyFault } from '../files/fault.ts'
import { extension, join } from '../files/paths.ts'
import { configValue, holdsUnknown, isRecord } from '../project/config-value.ts'
import { Manifest } from '../project/manifest.ts'
import { wildcard } from '../text/wildcard.ts'
import { Tailwind3 } from './tailwind3-project.ts'
import type { FileSet } from '../files/file-set.ts'
import type { Frameworks } from '../project/frameworks.ts'

type Build = Awaited<ReturnType<typeof compile>>

/** Whether a stylesheet has to go through Tailwind. */
export const usesTailwind = (css: string): boolean => /@import\s+(?:url\(\s*)?["']tailwindcss|@tailwind\s|@apply\s|@theme\b|@utility\s|@(?:custom-)?variant\s|@reference\s|@screen\s|\btheme\(['"a-z]|--(?:alpha|spacing)\(/.test(css)

const SOURCES = new Set(['.tsx', '.ts', '.jsx', '.js', '.mjs', '.html', '.vue', '.svelte', '.md', '.mdx', '.json', '.astro'])
/** Packages that only add animations as Tailwind CSS: the app runs without them. */
const LEFT_OUT = new Set(['tw-animate-css', 'tailwindcss-animate'])

/** The most style sheets that Tailwind may inline into one: it reads a file again for each import of it. */
const MOST_SHEETS = 1_000
/** The most texts that `@source inline("{a,b}…")` may expand to. */
const MOST_INLINE = 20_000
/** Class names are shorter; a longer run of characters is something else. */
const LONGEST_RUN = 1_000

/** `seen`: the source texts whose class names were given to the build, which keeps them. */
interface Started { inputs: Map<string, string>; build: Build; seen: Map<string, string> }

/** Tailwind v4, or 3 where package.json asks for it, for the stylesheets of one project. A build looks only at new class names. */
export class Tailwind {
  readonly #sheets: Record<string, string>
  readonly #third: Tailwind3
  readonly #builds = new Map<string, Started>()
  readonly #candidates = new Map<string, { source: string; list: string[] }>()

  /** `sheets`: the CSS files of the tailwindcss package by name (`index.css`, `theme.css`, …). */
  constructor(sheets: Record<string, string>, frameworks: Frameworks) {
    this.#sheets = sheets
    this.#third = new Tailwind3(frameworks.tailwind3)
  }

  /** The finished CSS of `path`, with the classes used in the project's sources. Throws BuildFault. */
  async css(path: string, source: string, files: FileSet, packageStyle: (specifier: string) => string | undefined): Promise<string> {
    if (Manifest.read(files)?.major('tailwindcss') === 3) return this.#third.css(path, source, files, packageStyle)
    let entry = this.#builds.get(path)
    if (!entry || [...entry.inputs].some(([file, text]) => (file === path ? source : files.text(file)) !== text)) {
      entry = await this.#start(path, source, files, packageStyle)
      this.#builds.set(path, entry)
    }
    return entry.build.build(this.#fresh(files, entry.seen, sourcesOf(entry.build, path)))
  }

  async #start(path: string, source: string, files: FileSet, packageStyle: (specifier: string) => string | undefined): Promise<Started> {
    const inputs = new Map([[path, source]])
    const remote: string[] = []
    let sheets = 0
    const bounded = (css: string, file: string): string => {
      if (++sheets > MOST_SHEETS) throw buildFault('too-large', phrase('engine.too_large.sheets', { path: path.slice(1) }), { file: path })
      if (inlineTexts(css) > MOST_INLINE) throw buildFault('too-large', phrase('engine.too_large.inline', { path: file.slice(1), limit: MOST_INLINE }), { file })
      return rebaseUrls(css, file)
    }
    try {
      const build = await compile(modern(bounded(source, path)), {
        base: path,
        loadStylesheet: async (specifier, base) => {
          const name = specifier.replace(/^tailwindcss\/?/, '').replace(/^\.\//, '') || 'index'
          const own = base === 'tailwindcss:' || /^tailwindcss(?:\/|$)/.test(specifier) ? this.#sheets[name] ?? this.#sheets[name + '.css'] : undefined
          if (own !== undefined) return { path: specifier, base: 'tailwindcss:', content: own }
          if (LEFT_OUT.has(specifier)) return { path: specifier, base, content: '' }
          if (!specifier.startsWith('.') && !specifier.startsWith('/') && files.text(join(base, './' + specifier)) === undefined) {
            const address = packageStyle(specifier)
            if (address === undefined) throw buildFault('missing-package', phrase('engine.missing_style', { path: path.slice(1), specifier }), { file: path })
            remote.push(address)
            return { path: specifier, base, content: '' }
          }
          const target = join(base, specifier)
          const found = [target, target + '.css'].find((p) => files.text(p) !== undefined)
          if (found === undefined) throw buildFault('missing-file', phrase('engine.missing_file', { path: base.slice(1), specifier }), { file: base })
          const content = files.text(found)!
          inputs.set(found, content)
          return { path: found, base: found, content: bounded(content, found) }
        },
        loadModule: async (specifier, base, kind) => {
          const target = join(base, specifier)
          const found = [target, target + '.js', target + '.ts'].find((p) => files.text(p) !== undefined)
          const value = kind === 'config' && found !== undefined ? configValue(found, files.text(found)!, { built: false, read: (file) => files.text(file), environment: () => ({}) }) : undefined
          if (found !== undefined && isRecord(value) && !holdsUnknown(value)) {
            inputs.set(found, files.text(found)!)
            return { path: found, base: found, module: value as never }
          }
          throw policyFault(`tailwind-${kind}`, phrase('engine.tailwind.load', { path: path.slice(1), kind, specifier }), path.slice(1))
        },
      })
      const head = remote.map((address) => `@import url(${JSON.stringify(address)});`).join('')
      return { inputs, seen: new Map(), build: head ? { ...build, build: (list) => head + build.build(list) } : build }
    } catch (error) {
      if (error instanceof Error && 'fault' in error) throw error
      throw buildFault('css', phrase('engine.css', { path: path.slice(1), reason: reasonOf(error) }), { file: path })
    }
  }

  #fresh(files: FileSet, seen: Map<string, string>, isSource: (path: string) => boolean): string[] {
    const all = new Set<string>()
    for (const [path, content] of files.entries()) {
      if (typeof content !== 'string' || !SOURCES.has(extension(path)) || path.endsWith('/package.json') || path.endsWith('package-lock.json')) continue
      if (!isSource(path) || seen.get(path) === content) continue
      seen.set(path, content)
      let entry = this.#candidates.get(path)
      if (entry?.source !== content) {
        entry = { source: content, list: candidates(content) }
        this.#candidates.set(path, entry)
      }
      for (const name of entry.list) all.add(name)
    }
    return [...all]
  }
}

/** Which files may name classes: `source(…)` of the import, and `@source` with and without `not`. */
function sourcesOf({ root, sources }: Build, path: string): (file: string) => boolean {
  if (root === null && sources.length === 0) return () => true
  const test = (base: string, pattern: string): ((file: string) => boolean) => {
    const whole = join(base === '' ? path : base, pattern)
    const matches = wildcard(whole)
    return (file) => matches(file) || file.startsWith(whole.endsWith('/') ? whole : whole + '/')
  }
  const within = root === null ? () => true : root === 'none' ? () => false : test(root.base, root.pattern)
  const more = sources.filter((one) => !one.negated).map((one) => test(one.base, one.pattern))
  const less = sources.filter((one) => one.negated).map((one) => test(one.base, one.pattern))
  return (file) => (within(file) || more.some((one) => one(file))) && !less.some((one) => one(file))
}

/** What is inside is bounded, so that brackets that are never closed cost little. */
const BRACKETED = /(?:[\w:@*!/.%-]{0,100}\[(?:[^[\]\s]|\[[^[\]\s]{0,100}\]){1,150}\]){1,5}[\w:@*!/.%[\]-]{0,100}/g

/** Every run of characters that could be a class name, whatever language it stands in. */
export function candidates(text: string): string[] {
  const out = new Set<string>()
  for (const run of text.match(/[^\s"'`<>]+/g) ?? []) {
    if (run.length <= LONGEST_RUN) add(run, out)
    // `class:active={…}` in Svelte, `{['a','b']}`, `.btn` in strings: what is inside brackets counts as well
    if (/[.(){}=;,:]/.test(run)) for (const inner of run.match(/[^.(){}=;,]+(?:(?:\[[^\]]*\]|\((?:[a-z-]+:)?--[\w-]+\))[^.(){}=;,]*)*|[^(){}=;,]+/g) ?? []) if (inner.length <= LONGEST_RUN) add(inner, out)
    if (run.startsWith('class:')) add(run.slice(6).replace(/=.*$/, ''), out)
  }
  // `before:content-['x']`, `[&>svg]:size-4`, `[&_svg:not([class*='size-'])]:size-4`: quotes and angles stand inside the brackets of a name.
  for (const [name] of text.matchAll(BRACKETED)) if (name.length < 200 && /["'`<>]/.test(name)) out.add(name)
  return [...out]
}

function add(run: string, out: Set<string>): void {
  let name = run.replace(/^[.({[,;=]+(?=[a-z\d@*!-])/i, '').replace(/[,;:.)}]+$/, '')
  // `bg-(--shade)`: that bracket is part of the name
  if (/-\((?:[a-z-]+:)?--[\w-]+$/.test(name)) name += ')'
  // `2xl:` is a breakpoint; other things that begin with a digit are no classes.
  if (/^(?:[a-z@*![-]|\d\w*:)/.test(name) && name.length < 200 && !name.includes('//')) out.add(name)
}

/**
 * The number of texts that the braces of all `@source inline(…)` expand to; Tailwind expands them before it looks at
 * them.
 */
export function inlineTexts(css: string): number {
  let all = 0
  for (const match of css.matchAll(/@source\s+(?:not\s+)?inline\(([^;]*)/g)) all += expansions(match[1]!)
  return all
}

function expansions(text: string): number {
  // For each open brace: the number of texts of its finished options, and of the option being read.
  const open: { over: number; option: number; start: number }[] = [{ over: 0, option: 1, start: 0 }]
  let count = 1
  for (let i = 0; i < text.length; i++) {
    const top = open.at(-1)!
    if (text[i] === '{') open.push({ over: 0, option: 1, start: i + 1 })
    else if (text[i] === ',') { top.over += top.option; top.option = 1 }
    else if (text[i] === '}' && open.length > 1) {
      open.pop()
      const range = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text.slice(top.start, Math.min(i, top.start + 80)))
      const step = Math.abs(Number(range?.[3] ?? 1)) || 1
      open.at(-1)!.option *= range ? Math.floor(Math.abs(Number(range[2]) - Number(range[1])) / step) + 1 : top.over + top.option
    }
    count = Math.max(count, open[0]!.over + open[0]!.option)
  }
  return count
}

/** The three directives of Tailwind v3, which v4 knows under other names. */
function modern(css: string): string {
  if (!/@tailwind\s+(?:base|components)\b/.test(css)) return css
  return css
    .replace(/@tailwind\s+base\s*;?/, '@layer theme, base, components, utilities;@import "tailwindcss/theme.css" layer(theme);@import "tailwindcss/preflight.css" layer(base);')
    .replace(/@tailwind\s+components\s*;?/, '')
}
