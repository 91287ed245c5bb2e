/**
 * The data of apps whose Python runs in this browser, by project. It is kept at the builder's own origin: browsers that
 * block third-party storage let a preview's frame keep nothing. It is bytes that an app wrote, and never read here.
 */

const DATABASE = 'sayso-python'
const STORE = 'files'
/** Of one project: an app could fill what this browser gives the builder. */
const MOST_BYTES = 64 * 1024 * 1024

export class KeptData {
  readonly #project: string
  readonly #sizes = new Map<string, number>()
  #database: Promise<IDBDatabase> | undefined

  constructor(project: string) { this.#project = project }

  async load(): Promise<[string, Uint8Array][]> {
    const store = (await this.#opened()).transaction(STORE).objectStore(STORE)
    const [keys, bodies] = await Promise.all([done(store.getAllKeys(this.#range)), done(store.getAll(this.#range))])
    const kept = keys.map((key, at): [string, Uint8Array] => [String((key as string[])[1]), bodies[at] as Uint8Array])
    for (const [path, { byteLength }] of kept) this.#sizes.set(path, byteLength)
    return kept
  }

  /** Stores all of it at once, or nothing; rejects when there is too much, or no room. */
  async store(changed: [string, Uint8Array][], gone: string[]): Promise<void> {
    for (const path of gone) this.#sizes.delete(path)
    for (const [path, { byteLength }] of changed) this.#sizes.set(path, byteLength)
    if ([...this.#sizes.values()].reduce((sum, size) => sum + size, 0) > MOST_BYTES) throw new RangeError('too large')
    const transaction = (await this.#opened()).transaction(STORE, 'readwrite')
    const store = transaction.objectStore(STORE)
    for (const [path, body] of changed) store.put(body, [this.#project, path])
    for (const path of gone) store.delete([this.#project, path])
    await ended(transaction)
  }

  async clear(): Promise<void> {
    this.#sizes.clear()
    const transaction = (await this.#opened()).transaction(STORE, 'readwrite')
    transaction.objectStore(STORE).delete(this.#range)
    await ended(transaction)
  }

  get #range(): IDBKeyRange { return IDBKeyRange.bound([this.#project], [this.#project, []]) }

  #opened(): Promise<IDBDatabase> {
    return this.#database ??= (() => {
      const request = indexedDB.open(DATABASE, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(STORE)
      return done(request)
    })()
  }
}

const done = <T>(request: IDBRequest<T>): Promise<T> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

const ended = (transaction: IDBTransaction): Promise<void> => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve()
  transaction.onerror = transaction.onabort = () => reject(transaction.error)
})
