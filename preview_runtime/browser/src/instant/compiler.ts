import { applyEdits } from './files/edits.ts'
import { environment } from './project/env.ts'
import { buildFault, BuildFault, nearest, policyFault } from './files/fault.ts'
import { FileSet } from './files/file-set.ts'
import { hash } from './files/hash.ts'
import { attribute } from './text/html.ts'
import { boundaries } from './scripts/hot.ts'
import { jsonModule } from './text/json.ts'
import { Manifest } from './project/manifest.ts'
import { isAsset, mimeType } from './files/mime.ts'
import { kindOf, linkScript, missingFile, moduleAddress, moduleId } from './scripts/module.ts'
import { chunkClosure, Packages } from './project/packages.ts'
import { canWait, readPage, renderPage, watchesLoading } from './page.ts'
import { extension, fileName } from './files/paths.ts'
import { findFile } from './project/resolve.ts'
import { analyse, compileScript, isScript, toJavaScript } from './scripts/script.ts'
import { isCssModule, packageStyles, styleModule, styleText } from './styles/styles.ts'
import { Tailwind, usesTailwind } from './styles/tailwind.ts'
import { typeScriptOptions } from './project/tsconfig.ts'
import { refuseImport, refuseUnsupported } from './project/unsupported.ts'
import { viteAliases } from './project/vite-config.ts'
import type { Changes, DependencySet, Fault, OutputFile } from '../engine/engine.ts'
import type { Content } from './files/file-set.ts'
import type { Frameworks } from './project/frameworks.ts'
import type { Hot, HotUpdate } from './scripts/hot.ts'
import type { Compiled, Kind, LinkContext, Missing, Module } from './scripts/module.ts'
import type { Importer, RequestDependencies } from './project/packages.ts'
import type { Page } from './page.ts'
import type { ScriptOptions } from './scripts/script.ts'
import type { Alias } from './project/tsconfig.ts'

export interface CompilerOptions {
  /** CSS files of the tailwindcss package by name. */
  sheets: Record<string, string>
  frameworks: Frameworks
  dependencies: RequestDependencies
  /** Origin of the page that watches the preview; empty for output that nobody watches. */
  builder: string
  /** Origin of the preview; absent where no page takes updates. */
  origin?: string
  /** Given where the output is to be bundled (`bundle.ts`), for people who only use the app: makes a finished style sheet
   * small. What only its maker needs is left out then, and no address tells where a file lies. */
  finish?(css: string): Promise<string>
}

/** What the bundler has to know of an output. `modules`: address → the file it was made from; `entries` are those that
 * a page or a worker begins with; `classic` and `sheets` are served under their own names. */
export interface Parts { modules: Map<string, string>; entries: string[]; classic: string[]; sheets: string[]; env: Record<string, string | boolean> }

export type BuildResult =
  | { status: 'waiting'; ahead?: Ahead }
  | { status: 'fault'; fault: Fault }
  | { status: 'built'; files: Record<string, OutputFile>; delete: string[]; hot: Hot; start?: Start; parts?: Parts }

/** What can be laid ready for the first build: a page that waits (when there is none yet, or another), packages to run, modules to load. */
export interface Ahead { page: string | undefined; files: Record<string, OutputFile>; packages: string[]; preloads: string[] }

/** What a waiting page needs to begin. `texts`: all modules that it has not been told of, where nothing else is new. */
export interface Start { entries: string[]; preloads: string[]; texts?: Record<string, string> }

interface Waiting { page: string; hash: string; bodies: Map<string, string>; laid: Map<string, Content>; packages: Set<string>; preloads: Set<string> }

/** Updates up to this many characters go to the page as they are, larger ones by way of the server. */
const MAX_ENCLOSED = 300_000

/** Characters of all that is served, as much as the server takes of an output. */
const LARGEST_OUTPUT = 40 * 1024 * 1024
/** Places in all modules at which one is imported; patterns of file names multiply them. */
const MOST_LINKS = 200_000

/** What is missing may still come: these faults count only when all files are there. */
const PATIENT = new Set(['missing-file', 'missing-package', 'missing-export', 'package', 'no-page'])

interface Config { env: Record<string, string | boolean>; aliases: Alias[]; script: ScriptOptions; manifest: Manifest | undefined }

interface Emitted { module: Module; key: string; address: string; body: string; css: string }

interface Good { modules: Map<string, Emitted>; pages: Map<string, string>; hash: string; env: string }

/**
 * A project compiled the way Vite's development server does it, in memory. Every build walks the whole graph from the
 * pages over compiled files that are kept by their text, so that no state can be left over from a build that failed.
 */
export class Compiler {
  readonly #options: CompilerOptions
  readonly #files = new FileSet()
  readonly #tailwind: Tailwind
  readonly #packages: Packages
  readonly #compiled = new Map<string, { compiled: Compiled; flavour: string }>()
  /** Linked modules, good as long as the same files are there under the same configuration. */
  readonly #linked = new Map<string, { module: Module; shape: number; config: Config }>()
  readonly #bodies = new Map<string, { module: Module; stamp: string; body: string }>()
  readonly #versions = new Map<string, number>()
  readonly #assets = new Map<string, { content: Content; version: number }>()
  readonly #published = new Map<string, Content>()
  #config: { shape: string; config: Config } | undefined
  #good: Good | undefined
  #waiting: Waiting | undefined
  #build = 0

  constructor(options: CompilerOptions) {
    this.#options = options
    this.#tailwind = new Tailwind(options.sheets)
    this.#packages = new Packages(options.dependencies)
  }

  /** Takes the changes in and builds what is there. Calls must not overlap. Never throws for what a project contains. */
  async apply(changes: Changes, complete: boolean): Promise<BuildResult> {
    const touched = this.#files.apply(changes)
    try { return await this.#run(complete, touched) } catch (raised) {
      const error = deep(raised) ? buildFault('too-large', 'Something in the project is nested too deeply or is too large to be compiled.') : raised
      if (!(error instanceof BuildFault)) throw error
      if (!complete && PATIENT.has(error.fault.code)) {
        const ahead = await this.#ahead()
        return { status: 'waiting', ...(ahead && { ahead }) }
      }
      return { status: 'fault', fault: this.#files.located(error.fault) }
    }
  }

  /** The folder of the project that the front end is compiled from, such as `client`; empty for its root. */
  get #built(): boolean { return this.#options.finish !== undefined }

  async #finished(css: string): Promise<string> { return this.#options.finish ? this.#options.finish(css) : css }

  #addressOf(module: Module): string { return this.#built ? `/assets/${stem(module.path)}-${hash(module.id)}.js` : moduleAddress(module) }

  get folder(): string { return this.#files.folder.slice(1) }

  /** What was published is not there any more: the next build gives all of it. */
  forget(): void { this.#published.clear() }

  async #run(complete: boolean, touched: string[]): Promise<BuildResult> {
    const files = this.#files
    const config = this.#readConfig()
    refuseUnsupported(files, config.manifest)
    if (!complete) await this.#warm(config, touched)

    const pages = this.#pages()
    if (!pages.some((page) => page.path === '/index.html')) throw buildFault('no-page', 'The project has no index.html to begin with.')
    const missing: Missing[] = []
    const modules = await this.#walk(pages, config, missing)
    if (missing[0]) throw missingFile(missing[0], files)
    checkExports(modules, files)

    const used = new Map<string, Importer>()
    for (const module of modules.values()) {
      for (const [specifier, importer] of module.packages) if (!used.has(specifier)) used.set(specifier, importer)
    }
    const linked = pages.flatMap((page) => page.stylesheets.map((s) => s.path)).filter((path) => files.text(path) !== undefined)
    for (const path of [...[...modules.values()].filter((m) => m.kind === 'style' || m.kind === 'inline').map((m) => m.path), ...linked]) {
      for (const [specifier, file] of packageStyles(path, files.text(path) ?? '', files)) {
        if (!used.has(specifier)) used.set(specifier, { file, line: 1, column: 1, source: files.text(file) ?? '' })
      }
    }
    const set = await this.#packages.ensure(config.manifest, used)
    return this.#emit(pages, modules, linked, config, set)
  }

  /** Compiles files as they arrive and lets the packages be prepared, so that little is left to do when the last one is there. */
  async #warm(config: Config, touched: string[]): Promise<void> {
    const used = new Set<string>()
    const context: LinkContext = { files: this.#files, aliases: config.aliases, missing: [] }
    for (const path of touched) {
      if (!isWarmed(path)) continue
      const module = await this.#module(path, 'script', config, context)
      for (const specifier of module.packages.keys()) used.add(specifier)
    }
    if (config.manifest) this.#packages.speculate(config.manifest, used)
    await this.#warmStyles()
  }

  /** Starting Tailwind is the longest step of a first build. What it lacks yet is a fault only in the build that counts. */
  async #warmStyles(): Promise<void> {
    for (const [path, content] of this.#files.entries()) {
      if (extension(path) !== '.css' || typeof content !== 'string' || !usesTailwind(content) || packageStyles(path, content, this.#files).size > 0) continue
      try { await this.#tailwind.css(path, content, this.#files, () => undefined) } catch (error) {
        if (!(error instanceof BuildFault)) throw error
      }
    }
  }

  /** What of the first build is certain already, beyond what was told before. A mistake in it is told by the build that counts. */
  async #ahead(): Promise<Ahead | undefined> {
    try { return await this.#lookAhead() } catch (error) {
      if (error instanceof BuildFault) return undefined
      throw error
    }
  }

  async #lookAhead(): Promise<Ahead | undefined> {
    const set = this.#packages.ready
    const index = this.#pages().find((page) => page.path === '/index.html')
    if (this.#good || this.#options.builder === '' || !set || !index || !canWait(index)) return undefined
    const config = this.#readConfig()
    const page = this.#waitingPage(index, config)
    const fresh = this.#waiting?.page !== page || this.#waiting.hash !== set.hash
    const waiting: Waiting = fresh ? { page, hash: set.hash, bodies: new Map(), laid: new Map(), packages: new Set(), preloads: new Set() } : this.#waiting!
    this.#waiting = waiting
    const files: Record<string, OutputFile> = {}
    const packages: string[] = []
    const preloads: string[] = []
    const known = new Map<string, Module>()
    const open = new Set<string>()
    for (const [path, content] of this.#files.entries()) {
      if (path.startsWith('/public/') || isPicture(path)) {
        const address = path.replace(/^\/public(?=\/)/, '')
        if (waiting.laid.has(address)) continue
        waiting.laid.set(address, content)
        files[address] = { type: mimeType(path), body: content }
      }
      if (!(isWarmed(path) || (extension(path) === '.json' && path.startsWith('/src/'))) || /\.(?:test|spec|stories|d)\.\w+$/.test(path)) continue
      const missing: Missing[] = []
      const module = await this.#module(path, 'script', config, { files: this.#files, aliases: config.aliases, missing }, typeof content === 'string' ? content : undefined)
      const script = module.compiled.script
      if (!script) continue
      known.set(module.id, module)
      const used = module.links.filter((link) => !link.dynamic).flatMap((link) => link.modules).map(split).filter(([, flag]) => flag === 'package').map(([specifier]) => set.modules[specifier])
      for (const file of used) if (file !== undefined && !waiting.packages.has(file)) { waiting.packages.add(file); packages.push(set.base + file) }
      // What a glob finds is only known at the end.
      if (missing.length > 0 || used.includes(undefined) || script.syntax.globs.length > 0 || script.syntax.imports.some((site) => site.pattern)) open.add(module.id)
    }
    // A module that is loaded settles where its imports lead to: it waits for the last of what it stands on.
    for (let before = -1; before !== open.size;) {
      before = open.size
      for (const { id, links } of known.values()) {
        if (links.some((link) => !link.dynamic && link.modules.some((target) => !target.endsWith('?package') && (open.has(target) || !known.has(target))))) open.add(id)
      }
    }
    for (const module of known.values()) {
      const address = versioned(moduleAddress(module), undefined)
      if (open.has(module.id) || waiting.bodies.has(address)) continue
      const body = this.#body({ module, key: '', address, body: '', css: '' }, (id) => {
        const [target, flag] = split(id)
        if (flag === 'package') return set.base + (set.modules[target] ?? '')
        return versioned(moduleAddress({ path: target, kind: (flag as Kind | undefined) ?? kindOf(target, '') }), undefined)
      }, JSON.stringify(config.env))
      waiting.bodies.set(address, body)
      files[moduleAddress(module)] = { type: 'text/javascript', body }
      preloads.push(address)
    }
    const chunks = chunkClosure(set, waiting.packages).map((file) => set.base + file).filter((file) => !waiting.preloads.has(file))
    for (const chunk of chunks) waiting.preloads.add(chunk)
    return fresh || Object.keys(files).length + packages.length > 0 ? { page: fresh ? page : undefined, files, packages, preloads: [...chunks, ...preloads] } : undefined
  }

  #waitingPage(page: Page, config: Config): string {
    return renderPage(page, { env: config.env, builder: this.#options.builder, preloads: [], stylesheets: [], style: () => undefined, refresh: config.script.react, address: () => undefined, waiting: true })
  }

  /** How the page that waits begins with this output, or undefined where it holds something that has turned out otherwise. */
  #start(pages: Page[], output: Record<string, OutputFile>, emitted: Map<string, Emitted>, config: Config, hash: string, preloads: string[], address: (id: string) => string, served: (path: string) => string | undefined): Start | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    const index = pages[0]!
    if (this.#good || !waiting || waiting.hash !== hash || !canWait(index) || waiting.page !== this.#waitingPage(index, config)) return undefined
    for (const [path, body] of waiting.bodies) if (output[decodeURI(path)] !== undefined && output[decodeURI(path)]!.body !== body) return undefined
    for (const file of Object.values(output)) if (file.type === 'text/javascript' && watchesLoading(asText(file.body))) return undefined
    const texts = this.#startTexts(waiting, output, emitted, address, JSON.stringify(config.env))
    return {
      entries: index.scripts.map(({ path, tag }) => served(path) ?? attribute(tag, 'src')!),
      preloads: preloads.filter((file) => !waiting.bodies.has(file) && !waiting.preloads.has(file) && texts?.[file] === undefined),
      ...(texts && { texts }),
    }
  }

  #startTexts(waiting: Waiting, output: Record<string, OutputFile>, emitted: Map<string, Emitted>, address: (id: string) => string, env: string): Record<string, string> | undefined {
    const modules = new Set([...emitted.values()].map((entry) => entry.address))
    for (const [path, { type, body }] of Object.entries(output)) {
      if (!modules.has(path) && type !== 'text/html' && waiting.laid.get(path) !== body && !this.#isData(path)) return undefined
    }
    const texts: Record<string, string> = {}
    let size = 0
    for (const entry of emitted.values()) {
      const at = versioned(entry.address, undefined)
      if (waiting.bodies.has(at)) continue
      const text = this.#text(entry, at, address, env)
      if (text === undefined || (size += text.length) > MAX_ENCLOSED) return undefined
      texts[at] = text
    }
    return texts
  }

  /** Data that modules import: it is served by its own name as well, which next to nobody asks for. */
  #isData(path: string): boolean { return extension(path) === '.json' && path.startsWith('/src/') }

  #readConfig(): Config {
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
      env: environment(this.#files, this.#built), aliases, manifest,
      script: { production: this.#built, react: !preact && (manifest === undefined || manifest.has('react')), ...(source ? { jsxImportSource: source } : {}) },
    }
    this.#config = { shape, config }
    return config
  }

  #pages(): Page[] {
    const out: Page[] = []
    for (const [path, content] of this.#files.entries()) {
      if (typeof content === 'string' && extension(path) === '.html' && !/^\/(?:public|dist|build|node_modules)\//.test(path)) out.push(readPage(path, content))
    }
    return out.sort((a, b) => Number(b.path === '/index.html') - Number(a.path === '/index.html') || (a.path < b.path ? -1 : 1))
  }

  async #walk(pages: Page[], config: Config, missing: Missing[]): Promise<Map<string, Module>> {
    const modules = new Map<string, Module>()
    const context: LinkContext = { files: this.#files, aliases: config.aliases, missing }
    let links = 0
    const visit = async (path: string, kind: Kind, source?: string): Promise<void> => {
      const id = moduleId(path, kind)
      if (modules.has(id)) return
      const module = await this.#module(path, kind, config, context, source)
      modules.set(id, module)
      for (const link of module.links) links += link.modules.length
      if (links > MOST_LINKS) throw buildFault('too-large', `The modules of the app import each other in more than ${MOST_LINKS} places.`, { file: path })
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

  async #module(path: string, kind: Kind, config: Config, context: LinkContext, text?: string): Promise<Module> {
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
    if (typeof source !== 'string') throw buildFault('binary', `${path.slice(1)} is imported as code but holds binary data.`, { file: path })
    if (/\.(?:vue|svelte(?:\.[jt]s)?)$/.test(path)) return { source, script: analyse(path, source, await this.#framework(path, source, config), false) }
    if (extension(path) === '.json') return { source, script: analyse(path, source, jsonModule(path, source), false) }
    return { source, script: compileScript(path, source, config.script) }
  }

  async #framework(path: string, source: string, config: Config): Promise<string> {
    const vue = path.endsWith('.vue')
    const compiler = await (vue ? this.#options.frameworks.vue() : this.#options.frameworks.svelte())
    try {
      return await compiler.compile({
        path, source, built: this.#built,
        read: (file) => this.#files.text(file),
        script: (text, typed) => (typed ? toJavaScript(path + '.ts', text, config.script) : text),
        style: async (css) => this.#finished(await (usesTailwind(css) ? this.#tailwind.css(path, css, this.#files, () => undefined) : styleText(path, css, { files: this.#files, tailwind: this.#tailwind, packageStyle: () => undefined }))),
      })
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'FrameworkError') throw error
      const { message, line, column, policy } = error as Error & { line?: number; column?: number; policy: boolean }
      if (policy) throw policyFault('language', `${path.slice(1)} cannot be compiled here: ${message}.`, path)
      throw buildFault('syntax', `${path.slice(1)} cannot be read: ${message}${line ? ` (line ${line})` : ''}.`.replace(/\.\.$/, '.'), { file: path, line, column }, source)
    }
  }

  async #emit(pages: Page[], modules: Map<string, Module>, linked: string[], config: Config, set: DependencySet | undefined): Promise<BuildResult> {
    const files = this.#files
    this.#build++
    const base = set?.base ?? ''
    const styles = { files, tailwind: this.#tailwind, packageStyle: (specifier: string) => (set?.styles[specifier] ?? undefined) && base + set!.styles[specifier] }
    const bare = (id: string): string => {
      const [path, flag] = split(id)
      if (flag === 'package') return base + (set?.modules[path] ?? '')
      const module = modules.get(id)
      return module ? this.#addressOf(module) : path
    }
    const env = JSON.stringify(config.env)
    const emitted = new Map<string, Emitted>()
    let written = 0
    for (const module of modules.values()) {
      let css = ''
      const before = this.#good?.modules.get(module.id)
      if (before?.module === module && module.compiled.script && this.#good?.hash === (set?.hash ?? '') && this.#good.env === env) {
        emitted.set(module.id, { module, key: before.key, address: before.address, body: '', css })
        continue
      }
      let key = module.links.map((link) => link.write(bare) + (link.head?.(bare) ?? '')).join('\u0001')
      const text = typeof module.compiled.source === 'string' ? module.compiled.source : ''
      if (module.kind === 'style' || module.kind === 'inline') {
        if (isCssModule(module.path)) {
          const result = await styleModule(module.path, text, styles)
          css = await this.#finished(result.css)
          key = JSON.stringify(result.names)
        } else css = await this.#finished(await styleText(module.path, text, styles))
        if ((written += css.length) > LARGEST_OUTPUT) throw buildFault('too-large', `The style sheets are larger than ${LARGEST_OUTPUT / 1024 ** 2} MB with all that they import.`, { file: module.path })
      } else if (module.kind === 'url') key = this.#assetAddress(module.path)
      else if (module.kind === 'package-style') key = base + (set?.styles[module.path] ?? '')
      if (module.compiled.script?.syntax.usesEnv) key += env
      if (module.compiled.script) key += JSON.stringify(config.script)
      emitted.set(module.id, { module, key, address: this.#addressOf(module), body: '', css })
    }

    const good = this.#good
    const hot = this.#hot(emitted, modules, good)
    const address = (id: string): string => {
      const [path, flag] = split(id)
      if (flag === 'package') return base + (set?.modules[path] ?? '')
      return versioned(bare(id), this.#versions.get(id))
    }
    const output: Record<string, OutputFile> = {}
    let size = 0
    for (const entry of emitted.values()) {
      const { module } = entry
      const stamp = module.compiled.script ? `${set?.hash} ${entry.key} ${module.links.map((link) => link.modules.map((id) => this.#versions.get(id) ?? '')).join()}` : ''
      const kept = stamp === '' ? undefined : this.#bodies.get(module.id)
      if (kept?.module === module && kept.stamp === stamp) entry.body = kept.body
      else {
        entry.body = this.#body(entry, address, env)
        this.#bodies.set(module.id, { module, stamp, body: entry.body })
      }
      if ((size += entry.body.length) > LARGEST_OUTPUT) throw buildFault('too-large', `The app is larger than ${LARGEST_OUTPUT / 1024 ** 2} MB when it is compiled.`)
      output[entry.address] = { type: 'text/javascript', body: entry.body }
    }
    for (const path of linked) output[path] = { type: 'text/css', body: await this.#finished(await styleText(path, files.text(path) ?? '', styles)) }
    const addresses = new Map([...emitted.values()].map((entry) => [entry.address, entry.module.path]))
    this.#static(output, pages, new Set([...modules.values()].filter((module) => module.kind === 'url').map((module) => module.path)))

    const preloads = this.#preloads(pages, modules, address, set).filter((file) => !this.#built || !addresses.has(file))
    const stylesheets = [...new Set([...modules.values()].flatMap((m) => (m.kind === 'package-style' ? [m.path] : [...m.packages.keys()])).filter((s) => set?.styles[s] !== undefined).map((s) => base + set!.styles[s]))]
    const served = (path: string): string | undefined => { const found = findFile(files, path); return found !== undefined && modules.has(moduleId(found, kindOf(found, ''))) && extension(found) !== '.css' ? address(moduleId(found, kindOf(found, ''))) : modules.has(path) && extension(path) !== '.css' ? address(path) : undefined }
    const pageKeys = new Map<string, string>()
    for (const page of pages) {
      const inline = new Map<string, string>()
      for (const style of page.styles) if (usesTailwind(style.source)) inline.set(style.path, await this.#tailwind.css(style.path, style.source, files, styles.packageStyle))
      pageKeys.set(page.path, page.source + [...inline.values()].join(''))
      output[page.path] = {
        type: 'text/html',
        body: renderPage(page, {
          env: config.env, builder: this.#options.builder, preloads, stylesheets, style: (path) => inline.get(path), refresh: config.script.react && !this.#built,
          address: served,
        }),
      }
    }
    const linkedChanged = linked.filter((path) => this.#published.has(path) && this.#published.get(path) !== output[path]!.body)
    let outcome: Hot = hot
    const state: Good = { modules: emitted, pages: pageKeys, hash: set?.hash ?? '', env }
    if (good && (state.hash !== good.hash || [...pageKeys].some(([path, key]) => good.pages.has(path) && good.pages.get(path) !== key) || this.#staticChanged(output))) outcome = { type: 'reload' }
    if (outcome.type !== 'reload' && linkedChanged.length > 0) {
      const update = outcome.type === 'update' ? outcome : { type: 'update' as const, modules: [], styles: [], removed: [] }
      for (const path of linkedChanged) if (!update.styles.some((s) => s.id === path)) update.styles.push({ id: path, css: String(output[path]!.body) })
      outcome = update
    }
    const start = stylesheets.length === 0 ? this.#start(pages, output, emitted, config, state.hash, preloads, address, served) : undefined
    this.#good = state
    const difference = this.#difference(output)
    if (outcome.type === 'update' && good) this.#enclose(outcome, emitted, good, difference, address, env)
    const parts = this.#built ? {
      modules: addresses, sheets: linked, classic: pages.flatMap((page) => page.classic).filter((path) => files.has(path)), env: config.env,
      entries: [...pages.flatMap((page) => [...page.scripts, ...page.inline].flatMap(({ path }) => served(path) ?? [])), ...workerIds(modules).map(address)],
    } : undefined
    return { status: 'built', ...difference, hot: outcome, ...(start && { start }), ...(parts && { parts }) }
  }

  /** What changed since the last good build, and new addresses for all of it. */
  #hot(emitted: Map<string, Emitted>, modules: Map<string, Module>, good: Good | undefined): Hot {
    if (!good) return { type: 'none' }
    const changed: string[] = []
    const styles: { id: string; css: string }[] = []
    for (const [id, entry] of emitted) {
      const before = good.modules.get(id)
      if (!before) continue
      // A text that is back to what it was is no change, even if a fault lay in between.
      const sameText = entry.module.compiled.source === before.module.compiled.source && entry.key === before.key
      if (entry.module.kind === 'style') {
        if (entry.key !== before.key) changed.push(id)
        else if (entry.css !== before.css) styles.push({ id, css: entry.css })
      } else if (!sameText && (entry.module.kind !== 'url' || entry.key !== before.key)) changed.push(id)
      else if (entry.module.kind === 'inline' && entry.css !== before.css) changed.push(id)
    }
    const removed = [...good.modules.values()].filter((e) => e.module.kind === 'style' && !emitted.has(e.module.id)).map((e) => e.module.id)
    const walked = boundaries(changed, modules, (id) => modules.get(id)?.accepts === true && good.modules.get(id)?.module.accepts === true)
    if (!walked) return { type: 'reload' }
    for (const id of walked.stale) this.#versions.set(id, this.#build)
    for (const style of styles) this.#versions.set(style.id, this.#build)
    if (walked.boundaries.length === 0 && styles.length === 0 && removed.length === 0) return { type: 'none' }
    return {
      type: 'update', styles, removed,
      modules: walked.boundaries.map((b) => ({ ...b, address: versioned(emitted.get(b.accepted)?.address ?? b.accepted, this.#versions.get(b.accepted)) })),
    }
  }

  /**
   * Puts the text of every module an update needs into it, so that the page waits for nothing on the network: only where
   * that is all that changed.
   */
  #enclose(hot: HotUpdate, emitted: Map<string, Emitted>, good: Good, { files, delete: gone }: { files: Record<string, OutputFile>; delete: string[] }, address: (id: string) => string, env: string): void {
    if (this.#options.origin === undefined || gone.length > 0) return
    const texts: Record<string, string> = {}
    const inside = new Set<string>()
    let size = 0
    const enclose = (id: string, needs: Set<string>): boolean => {
      const entry = emitted.get(id)
      if (!entry) return false
      const at = versioned(entry.address, this.#versions.get(id))
      if (needs.has(at)) return true
      needs.add(at)
      if (texts[at] === undefined) {
        const text = this.#text(entry, at, address, env)
        if (text === undefined || (size += text.length) > MAX_ENCLOSED) return false
        texts[at] = text
        inside.add(entry.address)
      }
      return entry.module.links.every((link) => link.dynamic || link.modules.every((target) => this.#versions.get(target) !== this.#build || enclose(target, needs)))
    }
    const needs = hot.modules.map(({ accepted }) => { const own = new Set<string>(); return enclose(accepted, own) ? [...own] : undefined })
    for (const style of hot.styles) inside.add(emitted.get(style.id)?.address ?? style.id)
    // A module of before whose text is the same only names what it imports by new addresses: it matters to the next page.
    for (const [id, { address }] of emitted) if (good.modules.has(id) && this.#versions.get(id) !== this.#build) inside.add(address)
    if (needs.includes(undefined) || Object.entries(files).some(([path, file]) => file.type !== 'text/html' && !inside.has(path))) return
    hot.texts = texts
    hot.modules.forEach((module, i) => { module.needs = needs[i]! })
  }

  /**
   * A module to be run from its text. That has no address to resolve imports against: those in it are absolute, and
   * there is none where a module imports by a value that only the running app knows.
   */
  #text(entry: Emitted, at: string, address: (id: string) => string, env: string): string | undefined {
    const { origin } = this.#options
    if (origin === undefined) return undefined
    const body = this.#body(entry, (target) => origin + address(target), env, origin)
    return /\bimport\s*\(\s*(?!")|\bimport\.meta\.resolve\b/.test(body) ? undefined : `${body}\n//# sourceURL=${origin}${at}`
  }

  #body(entry: Emitted, address: (id: string) => string, env: string, origin = ''): string {
    const { module, css, key } = entry
    const client = `"${origin}/@sayso/client.js"`
    switch (module.kind) {
      case 'style': {
        const shownAs = `import{updateStyle as $$style}from${client};$$style(${JSON.stringify(this.#built ? entry.address : module.id)},$$css);`
        if (!isCssModule(module.path)) return `const $$css=${JSON.stringify(css)};${shownAs}export default $$css;`
        const names = JSON.parse(key) as Record<string, string>
        const exported = Object.entries(names).filter(([name]) => /^[A-Za-z_$][\w$]*$/.test(name) && !isReserved(name)).map(([name, value]) => `export const ${name}=${JSON.stringify(value)};`).join('')
        return `const $$css=${JSON.stringify(css)};${shownAs}${exported}export default ${key};`
      }
      case 'inline': return `export default ${JSON.stringify(css)};`
      case 'raw': return `export default ${JSON.stringify(asText(module.compiled.source))};`
      case 'url': return `export default ${JSON.stringify(key)};`
      case 'worker': return `export default function(options){return new Worker(${JSON.stringify(address(module.path))},{type:"module",...options})}`
      case 'package-style': return `import{linkStyle}from${client};linkStyle(${JSON.stringify(key)});`
      case 'script': break
    }
    const { code, syntax, refresh } = module.compiled.script!
    const edits = module.links.filter((link) => link.end > link.start).map((link) => ({ start: link.start, end: link.end, text: link.write(address) }))
    if (refresh) edits.push(...refresh.edits)
    // import.meta.url has to be the file's own address, without the version that an update adds.
    for (const site of syntax.metaUrls) edits.push({ ...site, text: `(location.origin+${JSON.stringify(module.path)})` })
    let head = module.links.map((link) => link.head?.(address) ?? '').join('')
    if (refresh) head += `import{registrar as $$registrar,signature as $RefreshSig$,boundary as $$boundary}from"${origin}/@sayso/refresh.js";const $RefreshReg$=$$registrar(${JSON.stringify(module.id)});`
    if ((syntax.usesHot || refresh?.boundary) && !this.#built) head += `import{createHot as $$hot}from${client};import.meta.hot=$$hot(${JSON.stringify(module.id)});`
    if (syntax.usesEnv && !this.#built) head += `import.meta.env=${env};`
    if (/\bprocess\.env\b/.test(code)) head += `globalThis.process??={env:{NODE_ENV:"${this.#built ? 'production' : 'development'}"}};`
    const tail = refresh ? `\n;${refresh.tail}${refresh.boundary ? '$$boundary(import.meta.hot);' : ''}` : ''
    return head + (refresh?.head ?? '') + applyEdits(code.startsWith('#!') ? '//' + code : code, code.startsWith('#!') ? edits.map((e) => ({ ...e, start: e.start + 2, end: e.end + 2 })) : edits) + tail
  }

  #assetAddress(path: string): string {
    const content = this.#files.get(path) ?? this.#files.get('/public' + path) ?? ''
    const seen = this.#assets.get(path)
    if (!seen) this.#assets.set(path, { content, version: 0 })
    else if (seen.content !== content) this.#assets.set(path, { content, version: this.#build })
    return versioned(path, this.#assets.get(path)!.version || undefined)
  }

  /** Everything that is served as it lies there: public/, pictures and fonts, classic scripts. */
  #static(out: Record<string, OutputFile>, pages: Page[], shown: Set<string>): void {
    const classic = new Set(pages.flatMap((page) => page.classic))
    const texts = this.#built ? [...Object.values(out).map((file) => asText(file.body)), ...pages.map((page) => page.source), ...[...classic].map((path) => this.#files.text(path) ?? '')] : []
    for (const [path, content] of this.#files.entries()) {
      if (this.#built && extension(path) === '.map') continue
      // A text of the project that nothing asks for is not meant for others.
      if (this.#built && isReadable(path) && !path.startsWith('/public/') && !shown.has(path) && !texts.some((text) => text.includes(fileName(path)))) continue
      if (path.startsWith('/public/')) out[path.slice('/public'.length)] ??= { type: mimeType(path), body: content }
      else if (classic.has(path) || isPicture(path) || this.#isData(path)) out[path] ??= { type: mimeType(path), body: content }
    }
  }

  /** A picture or a file of public/ that is there with another content: nothing but a reload shows it everywhere. */
  #staticChanged(files: Record<string, OutputFile>): boolean {
    for (const [path, file] of Object.entries(files)) {
      if (file.type === 'text/javascript' && !this.#files.has(path) && !this.#files.has('/public' + path)) continue
      if (file.type === 'text/html' || file.type === 'text/css' || this.#assets.has(path)) continue
      if (file.type === 'text/javascript' && !this.#files.has('/public' + path) && this.#good?.modules.has(path)) continue
      if (path.startsWith('/src/') && extension(path) === '.json') continue
      const before = this.#published.get(path)
      if (before !== undefined && before !== file.body) return true
    }
    return false
  }

  #preloads(pages: Page[], modules: Map<string, Module>, address: (id: string) => string, set: DependencySet | undefined): string[] {
    const seen = new Set<string>()
    const packages = new Set<string>()
    const visit = (id: string): void => {
      const [path, flag] = split(id)
      if (flag === 'package') { const file = set?.modules[path]; if (file !== undefined) packages.add(file); return }
      const module = modules.get(id)
      if (!module || seen.has(id)) return
      seen.add(id)
      for (const link of module.links) if (!link.dynamic) for (const target of link.modules) visit(target)
    }
    const index = pages[0]!
    for (const { path } of [...index.scripts, ...index.inline]) visit(modules.has(path) ? path : moduleId(findFile(this.#files, path) ?? path, 'script'))
    return [...(set ? chunkClosure(set, packages).map((file) => set.base + file) : []), ...[...seen].map(address)]
  }

  #difference(files: Record<string, OutputFile>): { files: Record<string, OutputFile>; delete: string[] } {
    const out: Record<string, OutputFile> = {}
    for (const [path, file] of Object.entries(files)) {
      if (this.#published.get(path) === file.body) continue
      this.#published.set(path, file.body)
      out[path] = file
    }
    const gone = [...this.#published.keys()].filter((path) => !(path in files))
    for (const path of gone) this.#published.delete(path)
    return { files: out, delete: gone }
  }
}

/** Pictures, fonts and whatever else an app shows as it lies there. */
const isPicture = (path: string): boolean => isAsset(path) && !/\/(?:README|LICENSE|CHANGELOG)[^/]*$/i.test(path)

const isReadable = (path: string): boolean => /\.(?:json|geojson|gltf|md|txt|csv|xml|vtt)$/i.test(path)

const stem = (path: string): string => fileName(path).replace(/\.\w+$/, '').replace(/[^\w-]+/g, '-').slice(0, 40)

/** The modules that begin in a worker of their own. */
function workerIds(modules: Map<string, Module>): string[] {
  const out = [...modules.values()].filter((module) => module.kind === 'worker').map((module) => module.path)
  for (const module of modules.values()) {
    for (const site of module.compiled.script?.syntax.workers ?? []) for (const link of module.links) if (link.start === site.start) out.push(...link.modules)
  }
  return [...new Set(out)].filter((id) => modules.has(id))
}

/** Files that are compiled as they arrive: the app's own code. */
const isWarmed = (path: string): boolean => (isScript(path) || /\.(?:vue|svelte)$/.test(path)) && !/^\/[^/]*\.config\.\w+$/.test(path) && !path.startsWith('/public/')

function split(id: string): [path: string, flag: string | undefined] {
  const mark = id.lastIndexOf('?')
  return mark === -1 ? [id, undefined] : [id.slice(0, mark), id.slice(mark + 1)]
}

const versioned = (address: string, version: number | undefined): string => encodeURI(address) + (version ? `?v=${version}` : '')

const asText = (content: Content): string => (typeof content === 'string' ? content : new TextDecoder().decode(content))

const isReserved = (name: string): boolean => /^(?:default|class|new|delete|export|import|if|else|for|while|do|switch|case|break|continue|return|function|var|let|const|in|of|this|null|true|false|void|typeof|try|catch|finally|throw|with|yield|await|enum|static|super|extends|interface|package|private|protected|public|implements|instanceof|arguments|eval|debugger)$/.test(name)

/** What the runtime says of code that goes too deep, and of texts and lists that are too long. */
const deep = (error: unknown): boolean => error instanceof RangeError || (error instanceof Error && error.message === 'too much recursion')

function inPage(page: Page, path: string): Missing {
  const lines = page.source.split('\n')
  const specifier = lines.some((line) => line.includes(path)) ? path : path.slice(1)
  const line = lines.findIndex((text) => text.includes(specifier))
  return { importer: page.path, specifier, path, line: line + 1 || 1, column: line === -1 ? 1 : lines[line]!.indexOf(specifier) + 1, source: page.source }
}

/** An import of a name that its module does not have would only show as a blank page: it is said with its place. */
function checkExports(modules: Map<string, Module>, files: FileSet): void {
  const readable = (id: string): Module | undefined => {
    const module = modules.get(id)
    const syntax = module?.compiled.script?.syntax
    return module && syntax && isScript(module.path) && module.stars.length === syntax.stars.length ? module : undefined
  }
  /** The modules whose names those of `id` are, itself first; undefined where one of them cannot be read. */
  const chains = new Map<string, Module[] | undefined>()
  const chain = (id: string): Module[] | undefined => {
    if (chains.has(id)) return chains.get(id)
    const found = new Set([id])
    const list: Module[] = []
    for (const one of found) {
      const module = readable(one)
      if (!module) { chains.set(id, undefined); return undefined }
      list.push(module)
      for (const star of module.stars) found.add(star)
    }
    chains.set(id, list)
    return list
  }
  const own = new Map<Module, Set<string>>()
  const exportsOf = (module: Module): Set<string> => {
    let names = own.get(module)
    if (!names) own.set(module, names = new Set(module.compiled.script!.syntax.exports))
    return names
  }
  for (const module of modules.values()) {
    for (const { target, names, site } of module.named) {
      const list = chain(target)
      if (!list) continue
      // Nothing but a module's own `default` is its default.
      const absent = names.find((name) => !list.slice(0, name === 'default' ? 1 : undefined).some((one) => exportsOf(one).has(name)))
      if (absent === undefined) continue
      const source = files.text(module.path) ?? ''
      const code = module.compiled.script!.code
      const line = code.slice(0, site.start).split('\n').length
      const meant = nearest(absent, list.flatMap((one, at) => [...exportsOf(one)].filter((name) => at === 0 || name !== 'default')))
      const label = absent === 'default' ? 'no default export' : `no export named “${absent}”`
      throw buildFault('missing-export', `${module.path.slice(1)} imports from “${site.specifier}”, which has ${label}.`, { file: module.path, line, column: 1 }, source,
        meant === undefined ? undefined : { label: `Did you mean “${meant}”?` })
    }
  }
}
