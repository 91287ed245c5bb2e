import { asText } from './files/file-set.ts'
import { attribute } from './text/html.ts'
import { isData, isPicture, mimeType } from './files/mime.ts'
import { kindOf, moduleAddress, split, versioned } from './scripts/module.ts'
import { chunkClosure } from './project/packages.ts'
import { canWait, renderPage, watchesLoading } from './page.ts'
import { extension } from './files/paths.ts'
import { isScript } from './files/mime.ts'
import type { OutputFile } from '../engine/engine.ts'
import type { Content, FileSet } from './files/file-set.ts'
import type { Config, Graph } from './graph.ts'
import type { Emitted, ModuleText } from './module-text.ts'
import type { Kind, Missing, Module } from './scripts/module.ts'
import type { Packages } from './project/packages.ts'
import type { Page } from './page.ts'

/** The waiting page in the frame. The messages sent to it are kept, in case it is loaded again. */
export interface Laid { packages: string[]; preloads: string[]; spoiled: boolean }

/**
 * What can be prepared for the first build: a waiting page (when there is none yet, or a different one), packages to
 * run, modules to load.
 */
export interface Ahead { page: string | undefined; files: Record<string, OutputFile>; packages: string[]; preloads: string[] }

/**
 * What a waiting page needs to start the app. `texts`: all modules that it does not know yet, when nothing else is new.
 */
export interface Start { entries: string[]; preloads: string[]; texts?: Record<string, string> }

interface Waiting { page: string; hash: string; bodies: Map<string, string>; laid: Map<string, Content>; packages: Set<string>; preloads: Set<string> }

/** Updates of up to this many characters are sent to the page directly, larger ones through the server. */
export const MAX_ENCLOSED = 300_000

/** The page shown before the first build, and the messages it gets while files arrive. */
export class WaitingPage {
  readonly #builder: string
  readonly #files: FileSet
  readonly #graph: Graph
  readonly #packages: Packages
  readonly #texts: ModuleText
  #waiting: Waiting | undefined

  constructor(builder: string, files: FileSet, graph: Graph, packages: Packages, texts: ModuleText) {
    this.#builder = builder
    this.#files = files
    this.#graph = graph
    this.#packages = packages
    this.#texts = texts
  }

  /** The parts of the first build that are certain already and were not reported before. */
  async lookAhead(): Promise<Ahead | undefined> {
    const set = this.#packages.ready
    const index = this.#graph.pages().find((page) => page.path === '/index.html')
    if (this.#builder === '' || !set || !index || !canWait(index)) return undefined
    const config = this.#graph.readConfig()
    const page = this.#page(index, config)
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
      const module = await this.#graph.module(path, 'script', config, { files: this.#files, aliases: config.aliases, assets: config.vite.assets, missing }, typeof content === 'string' ? content : undefined)
      const script = module.compiled.script
      if (!script) continue
      known.set(module.id, module)
      const used = module.links.filter((link) => !link.dynamic).flatMap((link) => link.modules).map(split).filter(([, flag]) => flag === 'package').map(([specifier]) => set.modules[specifier])
      for (const file of used) if (file !== undefined && !waiting.packages.has(file)) { waiting.packages.add(file); packages.push(set.base + file) }
      // The matches of a glob are known only at the end.
      if (missing.length > 0 || used.includes(undefined) || script.syntax.globs.length > 0 || script.syntax.imports.some((site) => site.pattern)) open.add(module.id)
    }
    // Loading a module fixes the targets of its imports: it waits until all modules it depends on are certain.
    for (let before = -1; before !== open.size;) {
      before = open.size
      for (const { id, links } of known.values()) {
        if (links.some((link) => !link.dynamic && link.modules.some((target) => !target.endsWith('?package') && (open.has(target) || !known.has(target))))) open.add(id)
      }
    }
    for (const module of known.values()) {
      const address = versioned(moduleAddress(module), undefined)
      if (open.has(module.id) || waiting.bodies.has(address)) continue
      const body = this.#texts.body({ module, key: '', address, body: '', css: '' }, (id) => {
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

  #page(page: Page, config: Config): string {
    return renderPage(page, { env: config.env, builder: this.#builder, preloads: [], stylesheets: [], style: () => undefined, refresh: config.script.react, address: () => undefined, waiting: true })
  }

  /**
   * How the waiting page starts the app with this output, or undefined when it holds something that has changed since.
   */
  start(pages: Page[], output: Record<string, OutputFile>, emitted: Map<string, Emitted>, config: Config, hash: string, preloads: string[], address: (id: string) => string, served: (path: string) => string | undefined): Start | undefined {
    const waiting = this.#waiting
    this.#waiting = undefined
    const index = pages[0]!
    if (!waiting || waiting.hash !== hash || !canWait(index) || waiting.page !== this.#page(index, config)) return undefined
    for (const [path, body] of waiting.bodies) if (output[decodeURI(path)] !== undefined && output[decodeURI(path)]!.body !== body) return undefined
    for (const file of Object.values(output)) if (file.type === 'text/javascript' && watchesLoading(asText(file.body))) return undefined
    const texts = this.#enclosed(waiting, output, emitted, address, JSON.stringify(config.env))
    return {
      entries: index.scripts.map(({ path, tag }) => served(path) ?? attribute(tag, 'src')!),
      preloads: preloads.filter((file) => !waiting.bodies.has(file) && !waiting.preloads.has(file) && texts?.[file] === undefined),
      ...(texts && { texts }),
    }
  }

  #enclosed(waiting: Waiting, output: Record<string, OutputFile>, emitted: Map<string, Emitted>, address: (id: string) => string, env: string): Record<string, string> | undefined {
    const modules = new Set([...emitted.values()].map((entry) => entry.address))
    for (const [path, { type, body }] of Object.entries(output)) {
      if (!modules.has(path) && type !== 'text/html' && waiting.laid.get(path) !== body && !isData(path)) return undefined
    }
    const texts: Record<string, string> = {}
    let size = 0
    for (const entry of emitted.values()) {
      const at = versioned(entry.address, undefined)
      if (waiting.bodies.has(at)) continue
      const text = this.#texts.text(entry, at, address, env)
      if (text === undefined || (size += text.length) > MAX_ENCLOSED) return undefined
      texts[at] = text
    }
    return texts
  }
}

/** Files that are compiled as they arrive: the app's own code. */
export const isWarmed = (path: string): boolean => (isScript(path) || /\.(?:vue|svelte)$/.test(path)) && !/^\/[^/]*\.config\.\w+$/.test(path) && !path.startsWith('/public/')
