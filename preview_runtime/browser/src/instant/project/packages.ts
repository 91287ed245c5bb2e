import { phrase, reasonOf } from '../../engine/phrase.ts'
import { buildFault, policyFault, BuildFault } from '../files/fault.ts'
import { baseSpecifiers } from './manifest.ts'
import { packageName } from './resolve.ts'
import type { DependencyRequest, DependencySet } from '../../engine/engine.ts'
import type { Manifest } from './manifest.ts'

/** The first importer of a package, for the error message when the package is not available. */
export interface Importer { file: string; line: number; column: number; source: string }

export type RequestDependencies = (request: DependencyRequest) => Promise<DependencySet>

const NODE_MODULES = new Set('assert async_hooks buffer child_process cluster console constants crypto dgram dns domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder timers tls tty url util v8 vm worker_threads zlib'.split(' '))

interface Asked { dependencies: string; specifiers: Set<string>; answer: Promise<DependencySet> }

/** The project's dependency set: requested early, and again only when it does not cover all imports. */
export class Packages {
  readonly #request: RequestDependencies
  #asked: Asked | undefined
  #speculating = false
  #ready: DependencySet | undefined

  constructor(request: RequestDependencies) { this.#request = request }

  /** The set that was requested last, once it has arrived. */
  get ready(): DependencySet | undefined { return this.#ready }

  /**
   * Begins to prepare the set while files still arrive. One request at a time, so that the server makes no sets that
   * nobody needs.
   */
  speculate(manifest: Manifest, used: Iterable<string>): void {
    if (this.#speculating) return
    const known = [...used].filter((specifier) => manifest.has(packageName(specifier)))
    const wanted = this.#wanted(manifest, known)
    if (wanted.specifiers.length === 0 || this.#covers(wanted, wanted.specifiers)) return
    this.#speculating = true
    const done = (): void => { this.#speculating = false }
    // A failure comes again, and is reported, when the set is needed.
    this.#ask(wanted).answer.then(done, done)
  }

  /**
   * The set that answers every specifier of `used`. Throws BuildFault for a package that is not in package.json or not
   * available.
   */
  async ensure(manifest: Manifest | undefined, used: Map<string, Importer>): Promise<DependencySet | undefined> {
    if (used.size === 0) return undefined
    for (const [specifier, importer] of used) this.#declared(manifest, specifier, importer)
    if (!manifest) return undefined
    const wanted = this.#wanted(manifest, used.keys())
    const asked = this.#covers(wanted, used.keys()) ? this.#asked! : this.#ask(wanted)
    let set: DependencySet
    try { set = await asked.answer } catch (error) {
      if (this.#asked === asked) this.#asked = undefined
      if (error instanceof BuildFault) throw error
      const { code = 'dependencies' } = error as { code?: string }
      throw new BuildFault({ kind: 'platform', code, says: reasonOf(error), file: 'package.json' })
    }
    for (const [specifier, importer] of used) {
      if (set.modules[specifier] !== undefined || set.styles[specifier] !== undefined) continue
      const { file, line, column, source } = importer
      const held = set.held?.[specifier]
      if (held !== undefined) throw new BuildFault({ kind: 'policy', code: 'package_held', says: phrase('engine.package_held', { held }), file: file.slice(1), line, column })
      const told = set.errors[specifier]
      const reason = told === undefined ? phrase('engine.package.no_entry') : told.replace(/\.$/, '')
      throw buildFault('package', phrase('engine.package', { specifier, path: file.slice(1), reason }), { file, line, column }, source)
    }
    return set
  }

  #wanted(manifest: Manifest, used: Iterable<string>): DependencyRequest {
    const list = [...used]
    const specifiers = baseSpecifiers(manifest, list)
    const names = new Set([...specifiers, ...list].map(packageName))
    const dependencies: Record<string, string> = {}
    for (const name of [...names].sort()) {
      const range = manifest.range(name)
      if (range !== undefined) dependencies[name] = range
    }
    const earlier = this.#asked?.dependencies === JSON.stringify(dependencies) ? [...this.#asked.specifiers] : []
    return { dependencies, specifiers: [...new Set([...specifiers, ...list, ...earlier])].sort() }
  }

  #covers(wanted: DependencyRequest, used: Iterable<string>): boolean {
    const asked = this.#asked
    return asked !== undefined && asked.dependencies === JSON.stringify(wanted.dependencies) && [...used].every((specifier) => asked.specifiers.has(specifier))
  }

  #ask(wanted: DependencyRequest): Asked {
    const asked = { dependencies: JSON.stringify(wanted.dependencies), specifiers: new Set(wanted.specifiers), answer: this.#request(wanted) }
    this.#asked = asked
    this.#ready = undefined
    // A failure is reported where the set is needed.
    asked.answer.then((set) => { if (this.#asked === asked) this.#ready = set }, () => undefined)
    return asked
  }

  #declared(manifest: Manifest | undefined, specifier: string, importer: Importer): void {
    const name = packageName(specifier)
    if (manifest?.has(name)) return
    const { file, line, column, source } = importer
    if (specifier.startsWith('node:') || NODE_MODULES.has(name)) {
      const fault = policyFault('node', phrase('engine.node', { path: file.slice(1), specifier }), file)
      Object.assign(fault.fault, { line, column })
      throw fault
    }
    const text = manifest?.with(name) ?? JSON.stringify({ private: true, type: 'module', dependencies: { [name]: 'latest' } }, null, 2) + '\n'
    throw buildFault('missing-package', phrase('engine.missing_package', { path: file.slice(1), name }), { file, line, column }, source,
      { label: phrase('engine.add_package', { name }), changes: { put: { 'package.json': text }, delete: [] } })
  }
}

/** The chunks that the given entry files load, themselves first. */
export function chunkClosure(set: DependencySet, files: Iterable<string>): string[] {
  const seen = new Set<string>()
  const queue = [...files]
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (seen.has(file)) continue
    seen.add(file)
    queue.push(...(set.imports[file] ?? []))
  }
  return [...seen]
}
