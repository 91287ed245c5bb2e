import { phrase, reasonOf } from '../../engine/phrase.ts'
import { buildFault, policyFault } from '../files/fault.ts'
import { extension, join, shown } from '../files/paths.ts'
import { configValue, holdsUnknown, isRecord, Made } from '../project/config-value.ts'
import { rebaseUrls } from '../text/css.ts'
import { LONGEST_PATTERN, wildcard } from '../text/wildcard.ts'
import { flatten } from './css-graph.ts'
import type { FileSet } from '../files/file-set.ts'
import type { Tailwind3Input, Tailwind3Library } from '../project/frameworks.ts'

const CONFIG = /^\/tailwind\.config\.[cm]?[jt]s$/

interface Finished { source: string; config: string; texts: string[]; css: string }

/** Tailwind 3 for the style sheets of one project. A sheet is made anew when it, the configuration or a source has changed. */
export class Tailwind3 {
  readonly #load: () => Promise<Tailwind3Library>
  readonly #finished = new Map<string, Finished>()
  #config: { text: string; value: Record<string, unknown> } | undefined

  constructor(load: () => Promise<Tailwind3Library>) { this.#load = load }

  /** Throws BuildFault; a configuration that only running it would tell is a policy fault. */
  async css(path: string, written: string, files: FileSet, packageStyle: (specifier: string) => string | undefined): Promise<string> {
    const library = await this.#load()
    const source = sheet(path, written, files, packageStyle)
    const config = this.#read(files, library)
    const content = sources(files, config.value)
    const texts = content.map((one) => one.content)
    const key = path.endsWith('.css') ? path : `${path}\u0000${source}`
    const known = this.#finished.get(key)
    if (known?.source === source && known.config === config.text && known.texts.length === texts.length && texts.every((text, i) => known.texts[i] === text)) return known.css
    let css: string
    try { css = await library.compile({ path, css: source, config: config.value, content }) } catch (error) {
      throw buildFault('css', phrase('engine.css', { path: path.slice(1), reason: reasonOf(error) }), { file: path })
    }
    this.#finished.set(key, { source, config: config.text, texts, css })
    return css
  }

  /** The configuration, read without running it. */
  #read(files: FileSet, { libraries, plugins }: Tailwind3Library): { text: string; value: Record<string, unknown> } {
    const path = [...files.paths()].find((one) => CONFIG.test(one))
    const text = path === undefined ? '' : files.text(path) ?? ''
    if (this.#config?.text === text) return this.#config
    const value = path === undefined ? {} : configValue(path, text, { built: false, read: (file) => files.text(file), environment: () => ({}), library: (from) => libraries[from] })
    const named = isRecord(value) ? { ...value, plugins: list(value.plugins).map((one) => plugin(one, plugins)) } : undefined
    const { plugins: own, ...rest } = named ?? { plugins: [] }
    if (named === undefined || holdsUnknown(rest) || own.includes(undefined)) throw policyFault('tailwind-config', phrase('engine.tailwind.config', { version: 3 }), shown(path!))
    this.#config = { text, value: named }
    return this.#config
  }
}

/** The plugin that a value of the configuration stands for; undefined where it is none that is here. */
function plugin(value: unknown, plugins: Record<string, unknown>): unknown {
  if (!(value instanceof Made) || holdsUnknown(value.options)) return undefined
  const found = plugins[value.from]
  return value.options.length > 0 && typeof found === 'function' ? (found as (...options: unknown[]) => unknown)(...value.options) : found
}

/** The sheet with its imports inlined; Tailwind's own are its directives. */
function sheet(path: string, written: string, files: FileSet, packageStyle: (specifier: string) => string | undefined): string {
  const source = written.replace(/@import\s+(?:url\(\s*)?["']tailwindcss\/(base|components|utilities|variants)(?:\.css)?["']\s*\)?\s*;/g, '@tailwind $1;')
  return source.includes('@import') ? flatten(path, source, { files, settings: { aliases: [] }, packageStyle }) : rebaseUrls(source, path)
}

/** The files that `content` means, and its raw texts. */
function sources(files: FileSet, config: Record<string, unknown>): Tailwind3Input['content'] {
  const given = isRecord(config.content) ? config.content.files : config.content
  const patterns = list(given).filter((one): one is string => typeof one === 'string' && one.length <= LONGEST_PATTERN)
  const whole = (pattern: string): ((path: string) => boolean) => wildcard(join('/', pattern))
  const within = patterns.filter((one) => !one.startsWith('!')).map(whole)
  const without = patterns.filter((one) => one.startsWith('!')).map((one) => whole(one.slice(1)))
  const out = list(given).flatMap((one) => (isRecord(one) && typeof one.raw === 'string' ? [{ content: one.raw, extension: typeof one.extension === 'string' ? one.extension : 'html' }] : []))
  for (const [path, content] of files.entries()) {
    if (typeof content === 'string' && within.some((one) => one(path)) && !without.some((one) => one(path))) out.push({ content, extension: extension(path).slice(1) })
  }
  return out
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
