import { compile } from 'tailwindcss'
import { rebaseUrls } from './css.ts'
import { buildFault, policyFault } from './fault.ts'
import { extension, join } from './paths.ts'
import type { FileSet } from './file-set.ts'

type Build = Awaited<ReturnType<typeof compile>>

/** Whether a stylesheet has to go through Tailwind. */
export const usesTailwind = (css: string): boolean => /@import\s+(?:url\()?\s*["']tailwindcss|@tailwind\s|@apply\s|@theme\b|@utility\s|@(?:custom-)?variant\s|@reference\s|--(?:alpha|spacing)\(/.test(css)

const SOURCES = new Set(['.tsx', '.ts', '.jsx', '.js', '.mjs', '.html', '.vue', '.svelte', '.md', '.mdx', '.json', '.astro'])
/** Packages that only add animations as Tailwind CSS: the app runs without them. */
const LEFT_OUT = new Set(['tw-animate-css', 'tailwindcss-animate'])

/** `seen`: the source texts whose class names the build has been given; it keeps them. */
interface Started { inputs: Map<string, string>; build: Build; seen: Map<string, string> }

/** Tailwind v4 for the stylesheets of one project. A build only looks at class names it has not seen. */
export class Tailwind {
  readonly #sheets: Record<string, string>
  readonly #builds = new Map<string, Started>()
  readonly #candidates = new Map<string, { source: string; list: string[] }>()

  /** `sheets`: the CSS files of the tailwindcss package by name (`index.css`, `theme.css`, …). */
  constructor(sheets: Record<string, string>) { this.#sheets = sheets }

  /** The finished CSS of `path`, with the classes that the project's sources use. Throws BuildFault. */
  async css(path: string, source: string, files: FileSet, packageStyle: (specifier: string) => string | undefined): Promise<string> {
    let entry = this.#builds.get(path)
    if (!entry || [...entry.inputs].some(([file, text]) => (file === path ? source : files.text(file)) !== text)) {
      entry = await this.#start(path, source, files, packageStyle)
      this.#builds.set(path, entry)
    }
    return entry.build.build(this.#fresh(files, entry.seen))
  }

  async #start(path: string, source: string, files: FileSet, packageStyle: (specifier: string) => string | undefined): Promise<Started> {
    const inputs = new Map([[path, source]])
    const remote: string[] = []
    try {
      const build = await compile(modern(rebaseUrls(source, path)), {
        base: path,
        loadStylesheet: async (specifier, base) => {
          const name = specifier.replace(/^tailwindcss\/?/, '').replace(/^\.\//, '') || 'index'
          const own = base === 'tailwindcss:' || /^tailwindcss(?:\/|$)/.test(specifier) ? this.#sheets[name] ?? this.#sheets[name + '.css'] : undefined
          if (own !== undefined) return { path: specifier, base: 'tailwindcss:', content: own }
          if (LEFT_OUT.has(specifier)) return { path: specifier, base, content: '' }
          if (!specifier.startsWith('.') && !specifier.startsWith('/')) {
            const address = packageStyle(specifier)
            if (address === undefined) throw buildFault('missing-package', `${path.slice(1)} imports “${specifier}”, which is not there.`, { file: path })
            remote.push(address)
            return { path: specifier, base, content: '' }
          }
          const target = join(base, specifier)
          const found = [target, target + '.css'].find((p) => files.text(p) !== undefined)
          if (found === undefined) throw buildFault('missing-file', `${base.slice(1)} imports “${specifier}”, which does not exist.`, { file: base })
          const content = files.text(found)!
          inputs.set(found, content)
          return { path: found, base: found, content: rebaseUrls(content, found) }
        },
        loadModule: async (specifier, _base, kind) => {
          throw policyFault(`tailwind-${kind}`, `${path.slice(1)} loads the Tailwind ${kind} “${specifier}”.`, path.slice(1))
        },
      })
      const head = remote.map((address) => `@import url(${JSON.stringify(address)});`).join('')
      return { inputs, seen: new Map(), build: head ? { ...build, build: (list) => head + build.build(list) } : build }
    } catch (error) {
      if (error instanceof Error && 'fault' in error) throw error
      throw buildFault('css', `${path.slice(1)} cannot be compiled by Tailwind: ${error instanceof Error ? error.message : String(error)}`, { file: path })
    }
  }

  #fresh(files: FileSet, seen: Map<string, string>): string[] {
    const all = new Set<string>()
    for (const [path, content] of files.entries()) {
      if (typeof content !== 'string' || !SOURCES.has(extension(path)) || path.endsWith('/package.json') || path.endsWith('package-lock.json')) continue
      if (seen.get(path) === content) continue
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

/** Every run of characters that could be a class name, whatever language it stands in. */
export function candidates(text: string): string[] {
  const out = new Set<string>()
  for (const run of text.match(/[^\s"'`<>]+/g) ?? []) {
    add(run, out)
    // `class:active={…}` in Svelte, `{['a','b']}`, `.btn` in strings: what is inside brackets counts as well
    if (/[.(){}=;,:]/.test(run)) for (const inner of run.match(/[^.(){}=;,]+(?:\[[^\]]*\][^.(){}=;,]*)*|[^(){}=;,]+/g) ?? []) add(inner, out)
    if (run.startsWith('class:')) add(run.slice(6).replace(/=.*$/, ''), out)
  }
  return [...out]
}

function add(run: string, out: Set<string>): void {
  const name = run.replace(/^[.({[,;=]+(?=[a-z@*!-])/i, '').replace(/[,;:.)}]+$/, '')
  if (/^[a-z@*![-]/.test(name) && name.length < 200 && !name.includes('//')) out.add(name)
}

/** The three directives of Tailwind v3, which v4 knows under other names. */
function modern(css: string): string {
  if (!/@tailwind\s+(?:base|components)\b/.test(css)) return css
  return css
    .replace(/@tailwind\s+base\s*;?/, '@layer theme, base, components, utilities;@import "tailwindcss/theme.css" layer(theme);@import "tailwindcss/preflight.css" layer(base);')
    .replace(/@tailwind\s+components\s*;?/, '')
}
