/** The files that an app writes beside its own: its data. */

/** The part of Emscripten's file system that is used. */
export interface MemoryFiles {
  readdir(path: string): string[]
  stat(path: string): { mode: number; mtime: Date; size: number }
  isDir(mode: number): boolean
  readFile(path: string): Uint8Array
  writeFile(path: string, data: string | Uint8Array): void
  mkdirTree(path: string): void
  unlink(path: string): void
}

/** What Python and others leave there by themselves is not the app's data. */
const LEFT_OUT = new Set(['__pycache__', 'node_modules', '.git'])
type Seen = Map<string, { time: number; size: number }>

export class AppFiles {
  readonly #root: string
  readonly #files: MemoryFiles
  readonly #sources: () => ReadonlySet<string>
  #seen: Seen = new Map()
  #looked = 0

  constructor(files: MemoryFiles, root: string, sources: () => ReadonlySet<string>) {
    this.#files = files
    this.#root = root
    this.#sources = sources
  }

  /** Lays what was kept below the root. */
  restore(kept: [string, Uint8Array][]): void {
    for (const [path, body] of kept) {
      const whole = `${this.#root}/${path}`
      this.#files.mkdirTree(whole.slice(0, whole.lastIndexOf('/')))
      this.#files.writeFile(whole, body)
    }
    this.#look()
  }

  /** What changed since the last look: a database and its journal together, as they are at one moment. */
  changes(): { changed: [string, Uint8Array][]; gone: string[] } {
    const { changed, gone } = this.#look()
    return { changed: changed.map((path) => [path, this.#files.readFile(`${this.#root}/${path}`)]), gone }
  }

  /** Deletes them all. */
  forget(): void {
    this.#look()
    for (const path of this.#seen.keys()) this.#files.unlink(`${this.#root}/${path}`)
  }

  #look(): { changed: string[]; gone: string[] } {
    const now = Date.now()
    const found: Seen = new Map()
    this.#walk('', found, this.#sources())
    // What was written in the millisecond of the last look may have been written after it.
    const changed = [...found].filter(([path, { time, size }]) => {
      const before = this.#seen.get(path)
      return !before || before.time !== time || before.size !== size || time >= this.#looked
    }).map(([path]) => path)
    const gone = [...this.#seen.keys()].filter((path) => !found.has(path))
    this.#seen = found
    this.#looked = now
    return { changed, gone }
  }

  #walk(folder: string, found: Seen, sources: ReadonlySet<string>): void {
    for (const name of this.#files.readdir(`${this.#root}/${folder}`)) {
      if (name === '.' || name === '..' || LEFT_OUT.has(name)) continue
      const path = folder + name
      const { mode, mtime, size } = this.#files.stat(`${this.#root}/${path}`)
      if (this.#files.isDir(mode)) this.#walk(`${path}/`, found, sources)
      else if (!sources.has(path)) found.set(path, { time: mtime.getTime(), size })
    }
  }
}
