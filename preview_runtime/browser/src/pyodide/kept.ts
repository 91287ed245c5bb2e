/** What an app stores: the files that it writes beside its own, in this browser, for this preview's host alone. */

const DATABASE = 'sayso-python'
const STORE = 'files'

/** The part of Emscripten's file system that is used. */
export interface Files {
  readdir(path: string): string[]
  stat(path: string): { mode: number; mtime: Date; size: number }
  isDir(mode: number): boolean
  readFile(path: string): Uint8Array
  writeFile(path: string, data: string | Uint8Array): void
  mkdirTree(path: string): void
  unlink(path: string): void
}

/** Files of the project, and what Python leaves there by itself, are not the app's data. */
const LEFT_OUT = new Set(['__pycache__', 'node_modules', '.git'])

export class Kept {
  readonly #root: string
  readonly #files: Files
  readonly #sources: () => ReadonlySet<string>
  #seen = new Map<string, { time: number; size: number }>()
  #looked = 0
  #database: IDBDatabase | undefined

  constructor(files: Files, root: string, sources: () => ReadonlySet<string>) {
    this.#files = files
    this.#root = root
    this.#sources = sources
  }

  /** Lays what is stored below the root. Rejects where this browser stores nothing for another site. */
  async restore(): Promise<void> {
    this.#database = await opened()
    const store = this.#database.transaction(STORE).objectStore(STORE)
    const [paths, bodies] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
    paths.forEach((path, at) => {
      const whole = `${this.#root}/${String(path)}`
      this.#files.mkdirTree(whole.slice(0, whole.lastIndexOf('/')))
      this.#files.writeFile(whole, bodies[at] as Uint8Array)
    })
    this.#look()
  }

  /** Stores what changed since it was looked at last: a database and its journal together, as they are at one moment. */
  async save(): Promise<void> {
    if (!this.#database) return
    const { changed, gone } = this.#look()
    if (changed.length === 0 && gone.length === 0) return
    const transaction = this.#database.transaction(STORE, 'readwrite')
    const store = transaction.objectStore(STORE)
    for (const path of changed) store.put(this.#files.readFile(`${this.#root}/${path}`), path)
    for (const path of gone) store.delete(path)
    await ended(transaction)
  }

  /** Deletes what is stored, and the app's files of it. */
  async forget(): Promise<void> {
    this.#look()
    for (const path of this.#seen.keys()) this.#files.unlink(`${this.#root}/${path}`)
    this.#seen.clear()
    if (!this.#database) return
    const transaction = this.#database.transaction(STORE, 'readwrite')
    transaction.objectStore(STORE).clear()
    await ended(transaction)
  }

  #look(): { changed: string[]; gone: string[] } {
    const now = Date.now()
    const found = new Map<string, { time: number; size: number }>()
    this.#walk('', found)
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

  #walk(folder: string, found: Map<string, { time: number; size: number }>): void {
    const sources = this.#sources()
    for (const name of this.#files.readdir(`${this.#root}/${folder}`)) {
      if (name === '.' || name === '..' || LEFT_OUT.has(name)) continue
      const path = folder + name
      const { mode, mtime, size } = this.#files.stat(`${this.#root}/${path}`)
      if (this.#files.isDir(mode)) this.#walk(`${path}/`, found)
      else if (!sources.has(path)) found.set(path, { time: mtime.getTime(), size })
    }
  }
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return done(request)
}

const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

const ended = (transaction: IDBTransaction): Promise<void> => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve()
  transaction.onerror = transaction.onabort = () => reject(transaction.error)
})
