import { phrase } from '../engine/phrase.ts'
import { environment } from './project/env.ts'
import { buildFault, policyFault } from './files/fault.ts'
import { Manifest } from './project/manifest.ts'
import { extension } from './files/paths.ts'
import { jsonModule } from './text/json.ts'
import { kindOf, linkScript, moduleId, split } from './scripts/module.ts'
import { findFile } from './project/resolve.ts'
import { readPage } from './page.ts'
import { analyse, compileScript, toJavaScript, unreadable } from './scripts/script.ts'
import { styleText } from './styles/styles.ts'
import { usesTailwind } from './styles/tailwind.ts'
import { typeScriptOptions } from './project/tsconfig.ts'
import { refuseImport } from './project/unsupported.ts'
import { viteAliases } from './project/vite-config.ts'
import type { Content, FileSet } from './files/file-set.ts'
import type { FrameworkError, Frameworks } from './project/frameworks.ts'
import type { Compiled, Kind, LinkContext, Missing, Module } from './scripts/module.ts'
import type { Page } from './page.ts'
import type { ScriptOptions } from './scripts/script.ts'
import type { Tailwind } from './styles/tailwind.ts'
import type { Alias } from './project/tsconfig.ts'

/** The most imports over all modules; glob patterns multiply them. */
const MOST_LINKS = 200_000

export interface Config { env: Record<string, string | boolean>; aliases: Alias[]; script: ScriptOptions; manifest: Manifest | undefined }

interface GraphOptions { frameworks: Frameworks; finish?(css: string): Promise<string> }

/** The modules of a project, from its pages on, each compiled once while its text stays the same. */
export class Graph {
  readonly #options: GraphOptions
  readonly #files: FileSet
  readonly #tailwind: Tailwind
  readonly #compiled = new Map<string, { compiled: Compiled; flavour: string }>()
  /** Linked modules, valid while the set of files and the configuration are the same. */
  readonly #linked = new Map<string, { module: Module; shape: number; config: Config }>()
  #config: { shape: string; config: Config } | undefined

  constructor(options: GraphOptions, files: FileSet, tailwind: Tailwind) {
    this.#options = options
    this.#files = files
    this.#tailwind = tailwind
  }

  /** Whether the output is to be bundled, for people who only use the app. */
  get built(): boolean { return this.#options.finish !== undefined }

  async finished(css: string): Promise<string> { return this.#options.finish ? this.#options.finish(css) : css }

  /** The content of the configuration files; the same object while it is the same. */
  readConfig(): Config {
    const names = ['/package.json', '/tsconfig.json', '/tsconfig.app.json', '/jsconfig.json', '/.env', '/.env.local', '/.env.development', '/.env.development.local', '/vite.config.ts', '/vite.config.js', '/vite.config.mts', '/vite.config.mjs']
    const shape = names.map((name) => this.#files.text(name) ?? '\u0000').join('\u0001')
    if (this.#config?.shape === shape) return this.#config.config
    const manifest = Manifest.read(this.#files)
    const typescript = typeScriptOptions(this.#files)
    const preact = manifest?.has('preact') === true && !manifest.has('react')
    const source = typescript.jsxImportSource ?? (preact ? 'preact' : undefined)
    const aliases = [...viteAliases(this.#files), ...typescript.aliases]
    if (!aliases.some((alias) => alias.from === '@/' || alias.from === '@')) aliases.push({ from: '@/', exact: false, to: ['/src/'] })
    const config: Config = {
      env: environment(this.#files, this.built), aliases, manifest,
      script: { production: this.built, react: !preact && (manifest === undefined || manifest.has('react')), ...(source ? { jsxImportSource: source } : {}) },
    }
    this.#config = { shape, config }
    return config
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
    const context: LinkContext = { files: this.#files, aliases: config.aliases, missing }
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
    if (kind === 'worker') module.links.push({ start: 0, end: 0, modules: [path], dynamic: true, write: () => '' })
    if (context.missing.length === missing) this.#linked.set(id, { module, shape: this.#files.shape, config })
    return module
  }

  async #compile(path: string, kind: Kind, source: Content, config: Config): Promise<Compiled> {
    if (kind !== 'raw') refuseImport(path)
    if (kind !== 'script') return { source }
    if (typeof source !== 'string') throw buildFault('binary', phrase('engine.binary', { path: path.slice(1) }), { file: path })
    if (/\.(?:vue|svelte(?:\.[jt]s)?)$/.test(path)) return { source, script: analyse(path, source, await this.#framework(path, source, config), false) }
    if (extension(path) === '.json') return { source, script: analyse(path, source, jsonModule(path, source), false) }
    return { source, script: compileScript(path, source, config.script) }
  }

  async #framework(path: string, source: string, config: Config): Promise<string> {
    const vue = path.endsWith('.vue')
    const compiler = await (vue ? this.#options.frameworks.vue() : this.#options.frameworks.svelte())
    try {
      return await compiler.compile({
        path, source, built: this.built,
        read: (file) => this.#files.text(file),
        script: (text, typed) => (typed ? toJavaScript(path + '.ts', text, config.script) : text),
        style: async (css) => this.finished(await (usesTailwind(css) ? this.#tailwind.css(path, css, this.#files, () => undefined) : styleText(path, css, { files: this.#files, tailwind: this.#tailwind, packageStyle: () => undefined }))),
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
