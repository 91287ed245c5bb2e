import type { FileSystemAPI } from '@webcontainer/api'
import type { Changes, FileMap } from '../engine/engine.ts'

/** Tools write many files at once. */
const SETTLE_MS = 60
const MOST_BYTES = 1_000_000
// Made of the project, and not a part of it.
const MADE = /(?:^|\/)(?:node_modules|dist|build|coverage|test-results|\.[^/]+)(?:\/|$)|(?:^|\/)package-lock\.json$|\.(?:log|local|tsbuildinfo)$/

/**
 * Tells what the tools in a container change in a project's files: `known` are those that both sides have. `look` is
 * called when there may be something new, and `changes` then says what.
 */
export class Watched {
  readonly #paths = new Set<string>()
  readonly #fs: FileSystemAPI
  readonly #watcher: { close(): void }
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(fs: FileSystemAPI, look: () => void) {
    this.#fs = fs
    this.#watcher = fs.watch('.', { recursive: true }, (_, name) => {
      const path = (typeof name === 'string' ? name : new TextDecoder().decode(name)).replace(/^\.?\//, '')
      if (path === '' || MADE.test(path)) return
      this.#paths.add(path)
      clearTimeout(this.#timer)
      this.#timer = setTimeout(look, SETTLE_MS)
    })
  }

  /** What differs from `known`, of the files that were touched since it was asked last. */
  async changes(known: FileMap): Promise<Changes> {
    const changes: Changes = { put: {}, delete: [] }
    const paths = [...this.#paths]
    this.#paths.clear()
    for (const path of paths) {
      const found = await this.#read(path)
      if (found === undefined) {
        // A folder that is gone took its files along.
        for (const one of Object.keys(known)) if (one === path || (one.startsWith(`${path}/`) && (await this.#read(one)) === undefined)) changes.delete.push(one)
      } else if (found !== null && !same(found, known[path])) changes.put[path] = found
    }
    return changes
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#watcher.close()
  }

  /** undefined: it is no file, or gone; null: it is none that a project keeps. */
  async #read(path: string): Promise<string | Uint8Array | null | undefined> {
    let bytes: Uint8Array
    try { bytes = await this.#fs.readFile(path) } catch { return undefined }
    if (bytes.length > MOST_BYTES) return null
    try { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) } catch { return bytes }
  }
}

function same(one: string | Uint8Array, other: string | Uint8Array | undefined): boolean {
  if (other === undefined || typeof one === 'string' || typeof other === 'string') return one === other
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
