import { absolute } from './paths.ts'
import type { Changes, FileMap } from '../engine.ts'

export type Content = string | Uint8Array

/** The project's files while they are compiled. `shape` changes whenever a path appears or goes. */
export class FileSet {
  readonly #files = new Map<string, Content>()
  shape = 0

  static from(files: FileMap): FileSet {
    const set = new FileSet()
    set.apply({ put: files, delete: [] })
    return set
  }

  /** Returns the paths whose content is different afterwards. */
  apply(changes: Changes): string[] {
    const touched = new Set<string>()
    for (const name of changes.delete) {
      const path = absolute(name)
      if (this.#files.delete(path)) { touched.add(path); this.shape++ }
    }
    for (const [name, content] of Object.entries(changes.put)) {
      const path = absolute(name)
      const before = this.#files.get(path)
      if (before === content) continue
      if (before === undefined) this.shape++
      this.#files.set(path, content)
      touched.add(path)
    }
    return [...touched]
  }

  has(path: string): boolean { return this.#files.has(path) }

  get(path: string): Content | undefined { return this.#files.get(path) }

  /** The text of a file; undefined where it is absent or binary. */
  text(path: string): string | undefined {
    const content = this.#files.get(path)
    return typeof content === 'string' ? content : undefined
  }

  paths(): IterableIterator<string> { return this.#files.keys() }

  entries(): IterableIterator<[string, Content]> { return this.#files.entries() }
}
