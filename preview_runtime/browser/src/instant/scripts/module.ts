import { phrase } from '../../engine/phrase.ts'
import { buildFault, nearest, position } from '../files/fault.ts'
import { expandGlob } from '../project/glob.ts'
import { isAsset } from '../files/mime.ts'
import { extension, fileName, relativeSpecifier, shown } from '../files/paths.ts'
import { resolve } from '../project/resolve.ts'
import { refuseUnknown } from '../project/unsupported.ts'
import { isScript } from '../files/mime.ts'
import { isSheet } from '../files/mime.ts'
import type { Alias } from '../project/tsconfig.ts'
import type { Content, FileSet } from '../files/file-set.ts'
import type { BuildFault } from '../files/fault.ts'
import type { Importer } from '../project/packages.ts'
import type { LiteralSite } from '../text/syntax.ts'
import type { Script } from './script.ts'

/** How a file is imported: `url` for an asset or `?url`, `inline` for the text of a style sheet, `data` for an asset's text as an address, `wasm` for a function that starts it. */
export type Kind = 'script' | 'style' | 'url' | 'raw' | 'inline' | 'data' | 'wasm' | 'worker' | 'shared-worker' | 'worker-url' | 'package-style'

/** The target of one import. `text` replaces the import, given the address of each module. */
export interface Link { start: number; end: number; modules: string[]; dynamic: boolean; write(address: (id: string) => string): string; head?(address: (id: string) => string): string }

/** One file in one role, as compiled: everything about it that does not depend on the rest of the project. */
export interface Compiled { source: Content; script?: Script; names?: Record<string, string>; css?: string }

/** A module of the running app. */
export interface Module {
  id: string
  path: string
  kind: Kind
  compiled: Compiled
  links: Link[]
  /** Package specifiers it imports → who and where. */
  packages: Map<string, Importer>
  /** Imports of names, checked once everything is there. */
  named: { target: string; names: string[]; site: LiteralSite }[]
  stars: string[]
  /** The module accepts its own replacement (`import.meta.hot.accept`). */
  accepts: boolean
  acceptsDependencies: Set<string>
}

export const moduleId = (path: string, kind: Kind): string => (kind === 'script' || kind === 'style' ? path : `${path}?${kind}`)

/** The served address of a module. A file that is also served under its own address has its module beside it. */
export function moduleAddress(module: { path: string; kind: Kind }): string {
  if (module.kind === 'script') return isScript(module.path) || /\.(?:vue|svelte|mdx)$/.test(module.path) ? module.path : `/@module${module.path}.js`
  return `/@module${module.path.startsWith('/') ? '' : '/'}${module.path}${module.kind === 'style' ? '' : '@' + module.kind}.js`
}

/** The parts of a module's id: its path and how it is imported. */
export function split(id: string): [path: string, flag: string | undefined] {
  const mark = id.lastIndexOf('?')
  return mark === -1 ? [id, undefined] : [id.slice(0, mark), id.slice(mark + 1)]
}

/** An address that a browser requests again when the version differs. */
export const versioned = (address: string, version: number | undefined): string => encodeURI(address) + (version ? `?v=${version}` : '')

/** The role a resolved file plays for the import that asks for it. */
export function kindOf(path: string, query: string): Kind {
  const flags = new Set(query.split('&').map((flag) => flag.split('=')[0]))
  if (flags.has('raw')) return 'raw'
  if (flags.has('worker') || flags.has('sharedworker')) return flags.has('url') ? 'worker-url' : flags.has('worker') ? 'worker' : 'shared-worker'
  if (flags.has('url') || flags.has('no-inline')) return 'url'
  if (flags.has('init') && extension(path) === '.wasm') return 'wasm'
  if (isSheet(path)) return flags.has('inline') ? 'inline' : 'style'
  if (isScript(path) || ['.vue', '.svelte', '.mdx', '.json'].includes(extension(path))) return 'script'
  return flags.has('inline') ? 'data' : 'url'
}

/** The kinds that run a script of the project as a worker. */
export const WORKERS: ReadonlySet<string> = new Set<Kind>(['worker', 'shared-worker', 'worker-url'])

/** A missing file (it may still come): a relative import, or an entry of a page. */
export interface Missing { importer: string; specifier: string; path: string; line: number; column: number; source: string }

/** `assets`: endings of further files that are addresses. */
export interface LinkContext { files: FileSet; aliases: Alias[]; assets: string[]; missing: Missing[] }

/** Resolves the imports of a compiled script to files and packages. */
export function linkScript(module: Module, source: string, context: LinkContext): void {
  const { syntax, code } = module.compiled.script!
  const { files, aliases } = context
  const place = (site: LiteralSite): { line: number; column: number } => locate(source, code, site)
  // Lines are counted only to report a fault.
  const importerOf = (site: LiteralSite): Importer => ({ file: module.path, source, get line() { return place(site).line }, get column() { return place(site).column } })
  let counter = 0

  const many = (entries: { key: string; path: string }[], query: string, name: string | null, eager: boolean, write: (object: string) => string, site: { start: number; end: number }): void => {
    const targets = entries.map((entry) => ({ key: entry.key, id: moduleId(entry.path, kindOf(entry.path, query)) }))
    const prefix = `$$glob${counter++}_`
    module.links.push({
      start: site.start, end: site.end, modules: targets.map((t) => t.id), dynamic: !eager,
      write: (address) => write(`({${targets.map((t, i) => `${JSON.stringify(t.key)}:${eager ? `${prefix}${i}` : `()=>import(${JSON.stringify(address(t.id))})${name ? `.then(m=>m[${JSON.stringify(name)}])` : ''}`}`).join(',')}})`),
      ...(eager ? { head: (address: (id: string) => string) => targets.map((t, i) => `import ${name === null ? '*' : `{${JSON.stringify(name)}`} as ${prefix}${i}${name === null ? '' : '}'} from ${JSON.stringify(address(t.id))};`).join('') } : {}),
    })
  }

  for (const site of syntax.imports) {
    if (site.pattern) {
      const whole = { start: code.lastIndexOf('import', site.start), end: code.indexOf(')', site.end) + 1 }
      const [pattern = '', query = ''] = site.specifier.split('?')
      const mark = query === '' ? '' : '?' + query
      many(expandGlob(files, [pattern], module.path, aliases).map((entry) => ({ ...entry, key: entry.key + mark })), query, null, false, (object) => `((m,k)=>m[k]?m[k]():Promise.reject(new Error("Unknown import "+k)))(${object},${code.slice(site.start, site.end)})`, whole)
      continue
    }
    const target = resolve(files, aliases, site.specifier, module.path)
    if (target.kind === 'external') continue
    if (target.kind === 'missing') context.missing.push({ importer: module.path, specifier: site.specifier, path: target.path, source, ...(context.missing.length === 0 ? place(site) : { line: 1, column: 1 }) })
    else if (target.kind === 'package') {
      if (!module.packages.has(target.specifier)) module.packages.set(target.specifier, importerOf(site))
      const id = /\.(?:css|scss)$/.test(target.specifier) ? `${target.specifier}?package-style` : `${target.specifier}?package`
      module.links.push({ start: site.start, end: site.end, modules: [id], dynamic: site.dynamic, write: (address) => JSON.stringify(address(id)) })
    } else {
      if (target.kind === 'file' && target.query === '') refuseUnknown(target.path, context.assets)
      const id = moduleId(target.path, target.kind === 'public' ? (target.query === 'raw' ? 'raw' : 'url') : kindOf(target.path, target.query))
      module.links.push({ start: site.start, end: site.end, modules: [id], dynamic: site.dynamic, write: (address) => JSON.stringify(address(id)) })
      if (site.names.length > 0) module.named.push({ target: id, names: site.names, site })
      if (syntax.stars.includes(site.specifier)) module.stars.push(id)
    }
  }
  for (const glob of syntax.globs) many(expandGlob(files, glob.patterns, module.path, aliases, glob.base), glob.query, glob.name, glob.eager, (object) => object, glob)
  for (const site of syntax.workers) {
    const target = resolve(files, aliases, site.specifier, module.path)
    if (target.kind !== 'file' || !isScript(target.path)) continue
    module.links.push({ start: site.start, end: site.end, modules: [target.path], dynamic: true, write: (address) => JSON.stringify(address(target.path)) })
  }
  for (const site of syntax.accepts.dependencies) {
    const target = resolve(files, aliases, site.specifier, module.path)
    if (target.kind === 'file') {
      const id = moduleId(target.path, kindOf(target.path, target.query))
      module.acceptsDependencies.add(id)
      module.links.push({ start: site.start, end: site.end, modules: [], dynamic: true, write: () => JSON.stringify(id) })
    }
  }
}

/** The place of an import in what the person wrote: compiled code keeps lines, not columns. */
function locate(source: string, code: string, site: LiteralSite): { line: number; column: number } {
  const { line } = position(code, site.start)
  const text = source.split('\n')[line - 1] ?? ''
  for (const quote of ['"', "'", '`']) {
    const at = text.indexOf(quote + site.specifier + quote)
    if (at !== -1) return { line, column: at + 1 }
  }
  const anywhere = new RegExp(`["'\`]${site.specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["'\`]`).exec(source)
  return anywhere ? position(source, anywhere.index) : { line, column: 1 }
}

/** The message about an import of a missing file, with the file that was probably meant. */
export function missingFile(missing: Missing, files: FileSet): BuildFault {
  const { importer, specifier, line, column, source } = missing
  const wanted = fileName(missing.path).replace(/\.\w+$/, '')
  const byName = new Map<string, string>()
  for (const path of files.paths()) {
    if (path === importer || !(isScript(path) || isAsset(path) || /\.(?:css|json|vue|svelte)$/.test(path)) || /\.config\.\w+$/.test(path)) continue
    const name = fileName(path).replace(/\.\w+$/, '')
    if (!byName.has(name) || path.startsWith('/src/')) byName.set(name, path)
  }
  const name = nearest(wanted, byName.keys())
  const found = name === undefined ? undefined : byName.get(name)
  const says = phrase('engine.missing_file', { path: shown(importer), specifier })
  if (found === undefined) return buildFault('missing-file', says, { file: importer, line, column }, source)
  const better = relativeSpecifier(importer, found).replace(/\.(?:tsx?|jsx?|mjs)$/, '')
  const lines = source.split('\n')
  const row = lines[line - 1] ?? ''
  const at = row.indexOf(specifier, Math.max(0, column - 1))
  if (at !== -1) lines[line - 1] = row.slice(0, at) + better + row.slice(at + specifier.length)
  return buildFault('missing-file', says, { file: importer, line, column }, source,
    { label: phrase('engine.import_instead', { specifier: better }), ...(at === -1 ? {} : { changes: { put: { [shown(importer)]: lines.join('\n') }, delete: [] } }) })
}
