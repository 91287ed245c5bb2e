import type { Module } from './module.ts'
import type { ModuleFunction } from './module-function.ts'

/** What a page has to do to show the newest build. */
export type Hot =
  | { type: 'none' }
  | { type: 'reload' }
  | HotUpdate

/** When the update needs no other files, its modules by their addresses: `functions`, or `texts` where one of them cannot be one. */
export interface HotUpdate { type: 'update'; modules: HotModule[]; styles: { id: string; css: string }[]; removed: string[]; functions?: Record<string, ModuleFunction>; texts?: Record<string, string> }

/**
 * The module `id` accepts the new version of `accepted` (mostly itself), which is loaded from `address`; `needs` are
 * the texts of the modules that it needs.
 */
export interface HotModule { id: string; accepted: string; address: string; needs?: string[] }

export interface Boundary { id: string; accepted: string }

/**
 * Walks from the changed modules to those that accept the change, like Vite's `propagateUpdate`. Returns the boundaries
 * and every module on the way (each needs a fresh address), or undefined when a page is reached.
 */
export function boundaries(changed: Iterable<string>, modules: Map<string, Module>, accepted: (id: string) => boolean): { boundaries: Boundary[]; stale: Set<string> } | undefined {
  const importers = new Map<string, Set<string>>()
  for (const module of modules.values()) {
    for (const link of module.links) for (const target of link.modules) {
      const set = importers.get(target)
      if (set) set.add(module.id)
      else importers.set(target, new Set([module.id]))
    }
  }
  const found = new Map<string, Boundary>()
  const stale = new Set<string>()
  const visit = (id: string): boolean => {
    if (stale.has(id)) return true
    stale.add(id)
    if (accepted(id)) { found.set(`${id} ${id}`, { id, accepted: id }); return true }
    const above = importers.get(id)
    if (!above || above.size === 0) return false
    for (const importer of above) {
      if (modules.get(importer)?.acceptsDependencies.has(id)) found.set(`${importer} ${id}`, { id: importer, accepted: id })
      else if (!visit(importer)) return false
    }
    return true
  }
  for (const id of changed) if (!visit(id)) return undefined
  return { boundaries: [...found.values()], stale }
}
