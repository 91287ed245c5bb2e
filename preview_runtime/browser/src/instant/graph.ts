import { phrase } from '../engine/phrase.ts'
import { environment, isEnvFile } from './project/env.ts'
import { buildFault, policyFault } from './files/fault.ts'
import { Manifest } from './project/manifest.ts'
import { extension } from './files/paths.ts'
import { jsonModule } from './text/json.ts'
import { kindOf, linkScript, moduleId, split, WORKERS } from './scripts/module.ts'
import { findFile } from './project/resolve.ts'
import { readPage } from './page.ts'
import { analyse, compileScript, needsLowering, toJavaScript } from './scripts/script.ts'
import { unreadable } from './files/fault.ts'
import { styleText } from './styles/styles.ts'
import { Languages } from './styles/languages.ts'
import { isTypeScriptConfig, typeScriptOptions } from './project/tsconfig.ts'
import { refuseImport } from './project/unsupported.ts'
import { readViteConfig } from './project/vite-config.ts'
import type { Content, FileSet } from './files/file-set.ts'
import type { FrameworkError, Frameworks } from './project/frameworks.ts'
import type { Compiled, Kind, LinkContext, Missing, Module } from './scripts/module.ts'
import type { Page } from './page.ts'
import type { ScriptOptions } from './scripts/script.ts'
import type { SheetSettings } from './styles/languages.ts'
import type { StyleContext } from './styles/styles.ts'
import type { Tailwind } from './styles/tailwind.ts'
import type { Alias } from './project/tsconfig.ts'
import type { ViteConfig } from './project/vite-config.ts'

/** The most imports over all modules; glob patterns multiply them. */
const MOST_LINKS = 200_000

export interface Config { env: Record<string, string | boolean>; aliases: Alias[]; script: ScriptOptions; manifest: Manifest | undefined; vite: ViteConfig; sheets: SheetSettings; /** JSX is compiled by Solid's compiler. */ solid: boolean }

interface GraphOptions { frameworks: Frameworks; finish?(css: string): Promise<string> }

/** The modules of a project, from its pages on, each compiled once while its text stays the same. */
export class Graph {
  readonly #options: GraphOptions
  readonly #files: FileSet
  readonly #tailwind: Tailwind
  readonly #languages: Languages
  readonly #compiled = new Map<string, { compiled: Compiled; flavour: string }>()
  /** Linked modules, valid while the set of files and the configuration are the same. */
  readonly #linked = new Map<string, { module: Module; shape: number; config: Config }>()
  #config: { shape: string; config: Config } | undefined

  constructor(options: GraphOptions, files: FileSet, tailwind: Tailwind) {
    this.#options = options
    this.#files = files
    this.#tailwind = tailwind
    this.#languages = new Languages(files, options.frameworks)
  }

  /** Whether the output is to be bundled, for people who only use the app. */
  get built(): boolean { return this.#options.finish !== undefined }

  /** What the style sheets of a build are made with. */
  styles(config: Config, packageStyle: (specifier: string) => string | undefined): StyleContext {
    return { files: this.#files, tailwind: this.#tailwind, languages: this.#languages, settings: config.sheets, moduleNames: config.vite.moduleNames, packageStyle }
  }

  async finished(css: string): Promise<string> { return this.#options.finish ? this.#options.finish(css) : css }

  /** The content of the configuration files; the same object while it is the same. */
  readConfig(): Config {
    const shape = this.#shape()
    if (this.#config?.shape === shape) return this.#config.config
    const manifest = Manifest.read(this.#files)
    const typescript = typeScriptOptions(this.#files)
    const vite = readViteConfig(this.#files, this.built)
    const preact = manifest?.has('preact') === true && !manifest.has('react')
    const source = vite.jsxImportSource ?? typescript.jsxImportSource ?? (preact && typescript.jsxFactory === undefined ? 'preact' : undefined)
    const aliases = [...vite.aliases, ...typescript.aliases, ...importAliases(manifest)]
    if (preact) for (const name of ['react-dom/test-utils', 'react-dom', 'react']) if (!aliases.some((alias) => alias.from === name)) aliases.push({ from: name, exact: true, to: [], package: name === 'react-dom/test-utils' ? 'preact/test-utils' : 'preact/compat' })
    if (!aliases.some((alias) => alias.from === '@/' || alias.from === '@')) aliases.push({ from: '@/', exact: false, to: ['/src/'] })
    for (const name of vite.external) aliases.unshift({ from: name, exact: true, to: [], external: true })
    const react = !preact && (manifest === undefined || manifest.has('react'))
    const env = environment(this.#files, this.built, { folder: vite.envFolder, prefixes: vite.envPrefix, ...(vite.base && { base: vite.base }) })
    const config: Config = {
      env: { ...env, ...constantsOf(vite.define) }, aliases, manifest, vite, solid: manifest?.has('solid-js') === true && !manifest.has('react'), sheets: { aliases, additional: vite.additional, after: vite.after },
      script: {
        production: this.built, react, define: scriptConstants(vite.define, this.built), ...(source ? { jsxImportSource: source } : {}),
        // Vite's plugin for React decides for its files, whatever tsconfig says.
        ...(typescript.jsxFactory && !usesPlugin(manifest) ? { jsxFactory: typescript.jsxFactory, ...(typescript.jsxFragment ? { jsxFragment: typescript.jsxFragment } : {}) } : {}),
        ...(typescript.decorators ? { decorators: true } : {}), ...(typescript.assignsFields ? { assignsFields: true } : {}),
      },
    }
    this.#config = { shape, config }
    return config
  }

  /** The text of every file that the configuration is read from. */
  #shape(): string {
    let shape = ''
    for (const [path, content] of this.#files.entries()) {
      if (typeof content === 'string' && (isEnvFile(path) || isTypeScriptConfig(path) || /^\/(?:[^/]*\.json|vite\.config\.\w+)$/.test(path))) shape += `${path}\u0000${content}\u0001`
    }
    return shape
  }

  /** Its pages, index.html first. */
  pages(): Page[] {
    const out: Page[] = []
    for (const [path, content] of this.#files.entries()) {
      if (typeof content === 'string' && extension(path) === '.html' && !/^\/(?:public|dist|build|node_modules)\//.test(path)) out.push(readPage(path, content))
    }
    return out.sort((a, b) => Number(b.path === '/index.html') - Number(a.path === '/index.html') || (a.path < b.path ? -1 : 1))
  }

  async walk(pages: Page[], config: Config, missing: Missing[]): Promise<Map<string, Module>> {
    const modules = new Map<string, Module>()
    const context: LinkContext = { files: this.#files, aliases: config.aliases, assets: config.vite.assets, missing }
    let links = 0
    const visit = async (path: string, kind: Kind, source?: string): Promise<void> => {
      const id = moduleId(path, kind)
      if (modules.has(id)) return
      const module = await this.module(path, kind, config, context, source)
      modules.set(id, module)
      for (const link of module.links) links += link.modules.length
      if (links > MOST_LINKS) throw buildFault('too-large', phrase('engine.too_large.links', { limit: MOST_LINKS }), { file: path })
      for (const link of module.links) for (const target of link.modules) {
        if (modules.has(target)) continue
        const [targetPath, flag] = split(target)
        if (flag === 'package') continue
        await visit(targetPath, (flag as Kind | undefined) ?? kindOf(targetPath, ''))
      }
    }
    for (const page of pages) {
      for (const { path } of page.scripts) {
        const found = findFile(this.#files, path)
        if (found !== undefined) await visit(found, kindOf(found, ''))
        else if (!this.#files.has('/public' + path)) missing.push(inPage(page, path))
      }
      for (const { path } of page.stylesheets) if (!this.#files.has(path) && !this.#files.has('/public' + path)) missing.push(inPage(page, path))
      for (const { path, source } of page.inline) await visit(path, 'script', source)
    }
    return modules
  }

  async module(path: string, kind: Kind, config: Config, context: LinkContext, text?: string): Promise<Module> {
    const id = moduleId(path, kind)
    const module: Module = { id, path, kind, compiled: { source: '' }, links: [], packages: new Map(), named: [], stars: [], accepts: false, acceptsDependencies: new Set() }
    if (kind === 'package-style') return module
    const source = text ?? this.#files.get(path) ?? this.#files.get('/public' + path) ?? ''
    const flavour = JSON.stringify(config.script)
    let entry = this.#compiled.get(id)
    if (entry?.compiled.source !== source || entry.flavour !== flavour) {
      entry = { compiled: await this.#compile(path, kind, source, config), flavour }
      this.#compiled.set(id, entry)
    }
    const known = this.#linked.get(id)
    if (known && known.module.compiled === entry.compiled && known.shape === this.#files.shape && known.config === config) return known.module
    module.compiled = entry.compiled
    const script = entry.compiled.script
    const missing = context.missing.length
    if (script) {
      linkScript(module, typeof source === 'string' ? source : '', context)
      module.accepts = script.refresh?.boundary === true || script.syntax.accepts.self
    }
    if (WORKERS.has(kind)) module.links.push({ start: 0, end: 0, modules: [path], dynamic: true, write: () => '' })
    if (context.missing.length === missing) this.#linked.set(id, { module, shape: this.#files.shape, config })
    return module
  }

  async #compile(path: string, kind: Kind, source: Content, config: Config): Promise<Compiled> {
    if (kind !== 'raw') refuseImport(path)
    if (kind !== 'script') return { source }
    if (typeof source !== 'string') throw buildFault('binary', phrase('engine.binary', { path: path.slice(1) }), { file: path })
    if (/\.(?:vue|mdx|svelte(?:\.[jt]s)?)$/.test(path)) return { source, script: analyse(path, source, await this.#framework(path, source, config), { ...config.script, react: false }) }
    if (config.solid && /\.[jt]sx$/.test(path)) return { source, script: analyse(path, source, await this.#framework(path, source, config), { ...config.script, react: false }) }
    if (extension(path) === '.json') return { source, script: analyse(path, source, jsonModule(path, source), { react: false }) }
    const lowered = needsLowering(path, source, config.script) ? await (await this.#options.frameworks.lowering()).lower({ path, source, decorators: config.script.decorators === true, assignsFields: config.script.assignsFields === true }) : source
    return { source, script: compileScript(path, source, config.script, lowered) }
  }

  async #framework(path: string, source: string, config: Config): Promise<string> {
    const { vue, mdx, svelte, solid } = this.#options.frameworks
    const compiler = await (path.endsWith('.vue') ? vue() : path.endsWith('.mdx') ? mdx() : /\.[jt]sx$/.test(path) ? solid() : svelte())
    try {
      return await compiler.compile({
        path, source, built: this.built, ...(config.script.jsxImportSource && { jsxImportSource: config.script.jsxImportSource }),
        read: (file) => this.#files.text(file),
        script: (text, typed) => (typed ? toJavaScript(path + '.ts', text, config.script) : text),
        style: async (css, language) => this.finished(await styleText(path, css, this.styles(config, () => undefined), language === undefined || ['css', 'postcss'].includes(language) ? '.css' : '.' + language)),
      })
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FrameworkError') throw error
      const { message, line, column, refused } = error as FrameworkError
      if (refused) throw policyFault('language', phrase('engine.language.here', { path: path.slice(1), reason: refused }), path)
      throw buildFault('syntax', unreadable(path, message, line), { file: path, line, column }, source)
    }
  }
}

function inPage(page: Page, path: string): Missing {
  const lines = page.source.split('\n')
  const specifier = lines.some((line) => line.includes(path)) ? path : path.slice(1)
  const line = lines.findIndex((text) => text.includes(specifier))
  return { importer: page.path, specifier, path, line: line + 1 || 1, column: line === -1 ? 1 : lines[line]!.indexOf(specifier) + 1, source: page.source }
}

/** `#name` of package.json as aliases. */
function importAliases(manifest: Manifest | undefined): Alias[] {
  return Object.entries(manifest?.imports ?? {}).map(([name, to]) => {
    const pattern = new RegExp(`^${name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('(.*)')}$`)
    return { from: '', exact: true, to: [], pattern, replacement: to.replace('*', '$1') }
  })
}

/** Whether the JSX of the project is compiled by a plugin of a framework. */
const usesPlugin = (manifest: Manifest | undefined): boolean => ['@vitejs/plugin-react', '@vitejs/plugin-react-swc', '@preact/preset-vite'].some((name) => manifest?.has(name))

/** The constants that belong to `import.meta.env`. */
function constantsOf(define: Record<string, string>): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(define).flatMap(([name, text]) => {
    const own = /^import\.meta\.env\.(\w+)$/.exec(name)?.[1]
    if (own === undefined) return []
    try { return [[own, JSON.parse(text) as string | boolean]] } catch { return [] }
  }))
}

function scriptConstants(define: Record<string, string>, built: boolean): Record<string, string> {
  const own = Object.fromEntries(Object.entries(define).filter(([name]) => !name.startsWith('import.meta.')))
  return { 'process.env.NODE_ENV': built ? '"production"' : '"development"', ...own }
}
