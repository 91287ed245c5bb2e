import { frontFolder, seenAs } from './front-folder.ts'
import { absolute, shown } from './paths.ts'
import type { Changes, Fault, FileMap } from '../../engine/engine.ts'

export type Content = string | Uint8Array

export const asText = (content: Content): string => (typeof content === 'string' ? content : new TextDecoder().decode(content))

/**
 * The front end's files while they are compiled, by their paths below its folder: `/client/src` is found as `/src`, as
 * in the front end's own development server. `shape` changes whenever a path appears or goes.
 */
export class FileSet {
  readonly #all = new Map<string, Content>()
  #files = this.#all
  /** The front end's folder, such as `/client`; empty for the project's root. */
  folder = ''
  shape = 0

  static from(files: FileMap): FileSet {
    const set = new FileSet()
    set.apply({ put: files, delete: [] })
    return set
  }

  /** Returns the paths whose content has changed. */
  apply(changes: Changes): string[] {
    const touched = new Set<string>()
    let grown = false
    for (const name of changes.delete) {
      const path = absolute(name)
      if (this.#all.delete(path)) { touched.add(path); grown = true }
    }
    for (const [name, content] of Object.entries(changes.put)) {
      const path = absolute(name)
      const before = this.#all.get(path)
      if (before === content) continue
      if (before === undefined) grown = true
      this.#all.set(path, content)
      touched.add(path)
    }
    if (grown) this.shape++
    return this.#seen(touched, grown)
  }

  has(path: string): boolean { return this.#files.has(path) }

  get(path: string): Content | undefined { return this.#files.get(path) }

  /** The text of a file; undefined when it is missing or binary. */
  text(path: string): string | undefined {
    const content = this.#files.get(path)
    return typeof content === 'string' ? content : undefined
  }

  paths(): IterableIterator<string> { return this.#files.keys() }

  entries(): IterableIterator<[string, Content]> { return this.#files.entries() }

  /** A path without the front end's folder, for settings of the whole project, which include it. */
  within(path: string): string {
    return this.folder !== '' && path.startsWith(this.folder + '/') ? path.slice(this.folder.length) : path
  }

  /** The fault with paths as the person knows them. */
  located(fault: Fault): Fault {
    if (this.folder === '') return fault
    const { suggestion } = fault
    const changes = suggestion?.changes && {
      put: Object.fromEntries(Object.entries(suggestion.changes.put).map(([path, content]) => [this.whole(path), content])),
      delete: suggestion.changes.delete.map((path) => this.whole(path)),
    }
    return {
      ...fault,
      ...(fault.file !== undefined && { file: this.whole(fault.file) }),
      ...(suggestion && { suggestion: { ...suggestion, ...(changes && { changes }) } }),
    }
  }

  whole(path: string): string {
    const inside = this.folder + absolute(path)
    return shown(this.#all.has(inside) || !this.#all.has(absolute(path)) ? inside : path)
  }

  #seen(touched: Set<string>, grown: boolean): string[] {
    if (grown) {
      const folder = frontFolder(this.#all)
      const moved = folder !== this.folder
      this.folder = folder
      if (folder === '') this.#files = this.#all
      else {
        // A file of the front end wins over one of the whole project.
        this.#files = new Map()
        for (const [path, content] of this.#all) {
          const seen = seenAs(path, folder)
          if (seen !== undefined && (seen !== path || !this.#all.has(folder + path))) this.#files.set(seen, content)
        }
      }
      if (moved) return [...this.#files.keys()]
    } else if (this.folder !== '') {
      for (const path of touched) {
        const seen = seenAs(path, this.folder)
        if (seen !== undefined && (seen !== path || !this.#all.has(this.folder + path))) this.#files.set(seen, this.#all.get(path)!)
      }
    }
    if (this.folder === '') return [...touched]
    return [...new Set([...touched].flatMap((path) => seenAs(path, this.folder) ?? []))]
  }
}
