import { phrase } from '../engine/phrase.ts'
import { buildFault, nearest } from './files/fault.ts'
import { isScript } from './files/mime.ts'
import type { FileSet } from './files/file-set.ts'
import type { Module } from './scripts/module.ts'

/** A wrong import name would only show as a blank page: it is reported with its place. */
export function checkExports(modules: Map<string, Module>, files: FileSet): void {
  const readable = (id: string): Module | undefined => {
    const module = modules.get(id)
    const syntax = module?.compiled.script?.syntax
    return module && syntax && isScript(module.path) && module.stars.length === syntax.stars.length ? module : undefined
  }
  /** The modules whose exports are those of `id`, itself first; undefined when one of them cannot be read. */
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
      // `default` is never re-exported: only a module's own default export counts.
      const absent = names.find((name) => !list.slice(0, name === 'default' ? 1 : undefined).some((one) => exportsOf(one).has(name)))
      if (absent === undefined) continue
      const source = files.text(module.path) ?? ''
      const code = module.compiled.script!.code
      const line = code.slice(0, site.start).split('\n').length
      const meant = nearest(absent, list.flatMap((one, at) => [...exportsOf(one)].filter((name) => at === 0 || name !== 'default')))
      const says = absent === 'default' ? phrase('engine.missing_export.default', { path: module.path.slice(1), specifier: site.specifier }) : phrase('engine.missing_export', { path: module.path.slice(1), specifier: site.specifier, name: absent })
      throw buildFault('missing-export', says, { file: module.path, line, column: 1 }, source,
        meant === undefined ? undefined : { label: phrase('engine.did_you_mean', { name: meant }) })
    }
  }
}
