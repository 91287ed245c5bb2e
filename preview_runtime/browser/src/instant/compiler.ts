import { phrase } from '../engine/phrase.ts'
import { buildFault, BuildFault } from './files/fault.ts'
import { checkExports } from './exports.ts'
import { asText, FileSet } from './files/file-set.ts'
import { hash } from './files/hash.ts'
import { asFunction } from './scripts/module-function.ts'
import { boundaries } from './scripts/hot.ts'
import { Digests } from './digests.ts'
import { Graph } from './graph.ts'
import { isData, isPicture, isReadable, mimeType } from './files/mime.ts'
import { kindOf, missingFile, moduleAddress, moduleId, split, versioned, WORKERS } from './scripts/module.ts'
import { ModuleText } from './module-text.ts'
import { chunkClosure, Packages } from './project/packages.ts'
import { renderPage } from './page.ts'
import { extension, fileName } from './files/paths.ts'
import { findFile } from './project/resolve.ts'
import { isCssModule, packageStyles, styleModule, styleText } from './styles/styles.ts'
import { isForeignSheet, isSheet } from './files/mime.ts'
import { Tailwind, usesTailwind } from './styles/tailwind.ts'
import { refuseUnsupported } from './project/unsupported.ts'
import { isWarmed, MAX_ENCLOSED, WaitingPage } from './waiting-page.ts'
import type { ModuleFunction } from './scripts/module-function.ts'
import type { Changes, DependencySet, Fault, OutputFile } from '../engine/engine.ts'
import type { SourceFiles } from '../places/places.ts'
import type { Content } from './files/file-set.ts'
import type { Frameworks } from './project/frameworks.ts'
import type { Config } from './graph.ts'
import type { Hot, HotUpdate } from './scripts/hot.ts'
import type { LinkContext, Missing, Module } from './scripts/module.ts'
import type { Emitted } from './module-text.ts'
import type { Importer, RequestDependencies } from './project/packages.ts'
import type { Page } from './page.ts'
import type { Ahead, Start } from './waiting-page.ts'
import type { Versions } from '../preview/messages.ts'

export interface CompilerOptions {
  /** CSS files of the tailwindcss package by name. */
  sheets: Record<string, string>
  frameworks: Frameworks
  dependencies: RequestDependencies
  /** Origin of the page that watches the preview; empty for output that nobody watches. */
  builder: string
  /** Origin of the preview; absent where no page takes updates. */
  origin?: string
  /**
   * Set if the output is to be bundled (`bundle.ts`), for people who only use the app: minifies a finished style sheet.
   * Everything that only the author needs is then left out, and no address reveals the path of a file.
   */
  finish?(css: string): Promise<string>
}

/**
 * What the bundler needs to know about an output. `modules`: address → the file it was made from; `entries` are the
 * modules that a page or a worker begins with; `classic` and `sheets` are served under their own names.
 */
export interface Parts { modules: Map<string, string>; entries: string[]; classic: string[]; sheets: string[]; env: Record<string, string | boolean> }

export type BuildResult =
  | { status: 'waiting'; ahead?: Ahead }
  | { status: 'fault'; fault: Fault }
  | { status: 'built'; files: Record<string, OutputFile>; delete: string[]; hot: Hot; start?: Start; parts?: Parts; digest?: string }

/** Characters of all served files: the most that the server accepts for an output. */
const LARGEST_OUTPUT = 40 * 1024 * 1024

/** The missing part may still come: these faults count only when all files are there. */
const PATIENT = new Set(['missing-file', 'missing-package', 'missing-export', 'package', 'no-page'])

interface Good { modules: Map<string, Emitted>; pages: Map<string, string>; hash: string; env: string }

/**
 * A project compiled the way Vite's development server does it, in memory. Every build walks the whole graph from the
 * pages. Compiled files are cached by their text, so no state can be left over from a failed build.
 */
export class Compiler {
  readonly #options: CompilerOptions
  readonly #files = new FileSet()
  readonly #tailwind: Tailwind
  readonly #packages: Packages
  readonly #graph: Graph
  readonly #texts: ModuleText
  readonly #waiting: WaitingPage
  readonly #bodies = new Map<string, { module: Module; stamp: string; body: string }>()
  readonly #versions = new Map<string, number>()
  readonly #assets = new Map<string, { content: Content; version: number }>()
  #assetsBefore: Record<string, number> = {}
  readonly #published = new Map<string, Content>()
  readonly #digests = new Digests()
  #good: Good | undefined
  #build = 0

  constructor(options: CompilerOptions) {
    this.#options = options
    this.#tailwind = new Tailwind(options.sheets, options.frameworks)
    this.#packages = new Packages(options.dependencies)
    this.#graph = new Graph(options, this.#files, this.#tailwind)
    this.#texts = new ModuleText(options.origin, this.#graph.built)
    this.#waiting = new WaitingPage(options.builder, this.#files, this.#graph, this.#packages, this.#texts)
  }

  /** Applies the changes and builds the project. Calls must not overlap. No content of a project makes it throw. */
  async apply(changes: Changes, complete: boolean): Promise<BuildResult> {
    const touched = this.#files.apply(changes)
    try { return await this.#run(complete, touched) } catch (raised) {
      const error = deep(raised) ? buildFault('too-large', phrase('engine.too_large')) : raised
      if (!(error instanceof BuildFault)) throw error
      if (!complete && PATIENT.has(error.fault.code)) {
        const ahead = await this.#ahead()
        return { status: 'waiting', ...(ahead && { ahead }) }
      }
      return { status: 'fault', fault: this.#files.located(error.fault) }
    }
  }

  #addressOf(module: Module): string { return this.#graph.built ? `/assets/${stem(module.path)}-${hash(module.id)}.js` : moduleAddress(module) }

  /** The folder of the project that the front end is compiled from, such as `client`; empty for its root. */
  get folder(): string { return this.#files.folder.slice(1) }

  /** The front end's files as they were compiled last. */
  get files(): SourceFiles { return this.#files }

  /** The published output is gone: the next build publishes everything. */
  forget(): void { this.#published.clear() }

  /** The first build gives what it makes the addresses that it has in a page loaded from an earlier one. */
  continue({ modules, assets }: Versions): void {
    if (this.#good || this.#build > 0) return
    for (const [id, version] of Object.entries(modules)) this.#versions.set(id, version)
    this.#assetsBefore = assets
    this.#build = Math.max(0, ...Object.values(modules), ...Object.values(assets))
  }

  async #run(complete: boolean, touched: string[]): Promise<BuildResult> {
    const files = this.#files
    const config = this.#graph.readConfig()
    refuseUnsupported(files, config.manifest)
    if (!complete) await this.#warm(config, touched)

    const pages = this.#graph.pages()
    if (!pages.some((page) => page.path === '/index.html')) throw buildFault('no-page', phrase('engine.no_page'))
    const missing: Missing[] = []
    const modules = await this.#graph.walk(pages, config, missing)
    if (missing[0]) throw missingFile(missing[0], files)
    checkExports(modules, files)

    const used = new Map<string, Importer>()
    for (const module of modules.values()) {
      for (const [specifier, importer] of module.packages) if (!used.has(specifier)) used.set(specifier, importer)
    }
    const linked = pages.flatMap((page) => page.stylesheets.map((s) => s.path)).filter((path) => files.text(path) !== undefined)
    for (const path of [...[...modules.values()].filter((m) => (m.kind === 'style' || m.kind === 'inline') && !isForeignSheet(m.path)).map((m) => m.path), ...linked]) {
      for (const [specifier, file] of packageStyles(path, files.text(path) ?? '', files, config.aliases)) {
        if (!used.has(specifier)) used.set(specifier, { file, line: 1, column: 1, source: files.text(file) ?? '' })
      }
    }
    const set = await this.#packages.ensure(config.manifest, used)
    return this.#emit(pages, modules, linked, config, set)
  }

  /**
   * Compiles files as they arrive and starts to prepare the packages, so that little is left to do after the last file.
   */
  async #warm(config: Config, touched: string[]): Promise<void> {
    const used = new Set<string>()
    const context: LinkContext = { files: this.#files, aliases: config.aliases, assets: config.vite.assets, missing: [] }
    for (const path of touched) {
      if (!isWarmed(path)) continue
      const module = await this.#graph.module(path, 'script', config, context)
      for (const specifier of module.packages.keys()) used.add(specifier)
    }
    if (config.manifest) this.#packages.speculate(config.manifest, used)
    await this.#warmStyles()
  }

  /**
   * Starting Tailwind is the longest step of a first build. Something missing is a fault only in the complete build.
   */
  async #warmStyles(): Promise<void> {
    for (const [path, content] of this.#files.entries()) {
      if (extension(path) !== '.css' || typeof content !== 'string' || !usesTailwind(content) || packageStyles(path, content, this.#files, this.#graph.readConfig().aliases).size > 0) continue
      try { await this.#tailwind.css(path, content, this.#files, () => undefined) } catch (error) {
        if (!(error instanceof BuildFault)) throw error
      }
    }
  }

  /**
   * The parts of the first build that are certain already and were not reported before. The complete build reports
   * mistakes in them.
   */
  async #ahead(): Promise<Ahead | undefined> {
    if (this.#good) return undefined
    try { return await this.#waiting.lookAhead() } catch (error) {
      if (error instanceof BuildFault) return undefined
      throw error
    }
  }

  async #emit(pages: Page[], modules: Map<string, Module>, linked: string[], config: Config, set: DependencySet | undefined): Promise<BuildResult> {
    const files = this.#files
    this.#build++
    const base = set?.base ?? ''
    const styles = this.#graph.styles(config, (specifier) => (set?.styles[specifier] ?? undefined) && base + set!.styles[specifier])
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
          css = await this.#graph.finished(result.css)
          key = JSON.stringify(result.names)
        } else css = await this.#graph.finished(await styleText(module.path, text, styles))
        if ((written += css.length) > LARGEST_OUTPUT) throw buildFault('too-large', phrase('engine.too_large.styles', { limit: LARGEST_OUTPUT / 1024 ** 2 }), { file: module.path })
      } else if (module.kind === 'url' || module.kind === 'wasm') key = this.#assetAddress(module.path)
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
        entry.body = this.#texts.body(entry, address, env)
        this.#bodies.set(module.id, { module, stamp, body: entry.body })
      }
      if ((size += entry.body.length) > LARGEST_OUTPUT) throw buildFault('too-large', phrase('engine.too_large.app', { limit: LARGEST_OUTPUT / 1024 ** 2 }))
      output[entry.address] = { type: 'text/javascript', body: entry.body }
    }
    for (const path of linked) output[path] = { type: 'text/css', body: await this.#graph.finished(await styleText(path, files.text(path) ?? '', styles)) }
    // What is only known by its address is served, whatever it is.
    for (const { kind, path } of modules.values()) {
      if ((kind !== 'url' && kind !== 'wasm') || output[path] || !files.has(path)) continue
      output[path] = isSheet(path) ? { type: 'text/css', body: await this.#graph.finished(await styleText(path, files.text(path) ?? '', styles)) } : { type: mimeType(path), body: files.get(path)! }
    }
    const addresses = new Map([...emitted.values()].map((entry) => [entry.address, entry.module.path]))
    this.#static(output, pages, new Set([...modules.values()].filter((module) => module.kind === 'url').map((module) => module.path)))

    const preloads = this.#preloads(pages, modules, address, set).filter((file) => !this.#graph.built || !addresses.has(file))
    const stylesheets = [...new Set([...modules.values()].flatMap((m) => (m.kind === 'package-style' ? [m.path] : [...m.packages.keys()])).filter((s) => set?.styles[s] !== undefined).map((s) => base + set!.styles[s]))]
    const served = (path: string): string | undefined => { const found = findFile(files, path); return found !== undefined && modules.has(moduleId(found, kindOf(found, ''))) && !isSheet(found) ? address(moduleId(found, kindOf(found, ''))) : modules.has(path) && !isSheet(path) ? address(path) : undefined }
    const pageKeys = new Map<string, string>()
    const build = this.#options.origin === undefined ? undefined : {
      digest: this.#digests.of(output, [pages.map((page) => page.source), env, preloads, stylesheets]), versions: this.#used(emitted, output),
    }
    for (const page of pages) {
      const inline = new Map<string, string>()
      for (const style of page.styles) if (usesTailwind(style.source)) inline.set(style.path, await this.#tailwind.css(style.path, style.source, files, styles.packageStyle))
      pageKeys.set(page.path, page.source + [...inline.values()].join(''))
      output[page.path] = {
        type: 'text/html',
        body: renderPage(page, {
          env: config.env, builder: this.#options.builder, preloads, stylesheets, style: (path) => inline.get(path), refresh: config.script.react && !this.#graph.built,
          address: served, ...(build && { build }),
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
    const start = !good && stylesheets.length === 0 ? this.#waiting.start(pages, output, emitted, config, state.hash, preloads, address, served) : undefined
    this.#good = state
    const difference = this.#difference(output)
    if (outcome.type === 'update' && good) this.#enclose(outcome, emitted, good, difference, address, env)
    const parts = this.#graph.built ? {
      modules: addresses, sheets: linked, classic: pages.flatMap((page) => page.classic).filter((path) => files.has(path)), env: config.env,
      entries: [...pages.flatMap((page) => [...page.scripts, ...page.inline].flatMap(({ path }) => served(path) ?? [])), ...workerIds(modules).map(address)],
    } : undefined
    return { status: 'built', ...difference, hot: outcome, ...(start && { start }), ...(parts && { parts }), ...(build && { digest: build.digest }) }
  }

  /** The changes since the last good build, with new addresses for all of them. */
  #hot(emitted: Map<string, Emitted>, modules: Map<string, Module>, good: Good | undefined): Hot {
    if (!good) return { type: 'none' }
    const changed: string[] = []
    const styles: { id: string; css: string }[] = []
    for (const [id, entry] of emitted) {
      const before = good.modules.get(id)
      if (!before) continue
      // A text that is back to its last built state is no change, even if a fault lay in between.
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
   * Puts the text of every module that an update needs into the update, so that the page waits for no request; only if
   * nothing else has changed.
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
        const text = this.#texts.text(entry, at, address, env)
        if (text === undefined || (size += text.length) > MAX_ENCLOSED) return false
        texts[at] = text
        inside.add(entry.address)
      }
      return entry.module.links.every((link) => link.dynamic || link.modules.every((target) => this.#versions.get(target) !== this.#build || enclose(target, needs)))
    }
    const needs = hot.modules.map(({ accepted }) => { const own = new Set<string>(); return enclose(accepted, own) ? [...own] : undefined })
    for (const style of hot.styles) inside.add(emitted.get(style.id)?.address ?? style.id)
    // An old module with the same text only gets new addresses in its imports: that matters only to the next page.
    for (const [id, { address }] of emitted) if (good.modules.has(id) && this.#versions.get(id) !== this.#build) inside.add(address)
    if (needs.includes(undefined) || Object.entries(files).some(([path, file]) => file.type !== 'text/html' && !inside.has(path))) return
    const functions = Object.entries(texts).map(([at, text]) => [at, asFunction(text)] as const)
    if (functions.every((one): one is [string, ModuleFunction] => one[1] !== undefined)) hot.functions = Object.fromEntries(functions)
    else hot.texts = texts
    hot.modules.forEach((module, i) => { module.needs = needs[i]! })
  }

  /** The numbers in the addresses of an output. */
  #used(emitted: Map<string, Emitted>, output: Record<string, OutputFile>): Versions {
    const assets = [...this.#assets].flatMap(([path, { version }]) => (version > 0 && path in output ? [[path, version] as const] : []))
    return { modules: Object.fromEntries([...this.#versions].filter(([id]) => emitted.has(id))), assets: Object.fromEntries(assets) }
  }

  #assetAddress(path: string): string {
    const content = this.#files.get(path) ?? this.#files.get('/public' + path) ?? ''
    const seen = this.#assets.get(path)
    if (!seen) this.#assets.set(path, { content, version: this.#assetsBefore[path] ?? 0 })
    else if (seen.content !== content) this.#assets.set(path, { content, version: this.#build })
    return versioned(path, this.#assets.get(path)!.version || undefined)
  }

  /** All files that are served unchanged: public/, pictures and fonts, classic scripts. */
  #static(out: Record<string, OutputFile>, pages: Page[], shown: Set<string>): void {
    const classic = new Set(pages.flatMap((page) => page.classic))
    const texts = this.#graph.built ? [...Object.values(out).map((file) => asText(file.body)), ...pages.map((page) => page.source), ...[...classic].map((path) => this.#files.text(path) ?? '')] : []
    for (const [path, content] of this.#files.entries()) {
      if (this.#graph.built && extension(path) === '.map') continue
      // A text file that nothing in the project refers to is not meant for visitors.
      if (this.#graph.built && isReadable(path) && !path.startsWith('/public/') && !shown.has(path) && !texts.some((text) => text.includes(fileName(path)))) continue
      if (path.startsWith('/public/')) out[path.slice('/public'.length)] ??= { type: mimeType(path), body: content }
      else if (classic.has(path) || isPicture(path) || isData(path)) out[path] ??= { type: mimeType(path), body: content }
    }
  }

  /** A picture or a file of public/ has changed: only a reload shows it everywhere. */
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

const stem = (path: string): string => fileName(path).replace(/\.\w+$/, '').replace(/[^\w-]+/g, '-').slice(0, 40)

/** The modules that run as the entry of a worker. */
function workerIds(modules: Map<string, Module>): string[] {
  const out = [...modules.values()].filter((module) => WORKERS.has(module.kind)).map((module) => module.path)
  for (const module of modules.values()) {
    for (const site of module.compiled.script?.syntax.workers ?? []) for (const link of module.links) if (link.start === site.start) out.push(...link.modules)
  }
  return [...new Set(out)].filter((id) => modules.has(id))
}

/** The errors of the JavaScript runtime for too deep recursion, and for too long texts and lists. */
const deep = (error: unknown): boolean => error instanceof RangeError || (error instanceof Error && error.message === 'too much recursion')

