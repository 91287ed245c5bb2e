/** The file system of the double: flat paths under the project folder. */
type Node = { d: Record<string, Node> } | { f: { c: string; b?: boolean } | { l: string } }

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class DoubleFiles {
  readonly files = new Map<string, Uint8Array>()
  readonly folders = new Set<string>([''])
  readonly watchers = new Set<{ path: string; run: (event: string, name: string) => unknown }>()
  changed: (path: string) => void = () => undefined

  /** Lays in the serialised tree that the client's `mount` sends. */
  mount(payload: Uint8Array, at: string): void {
    this.#lay(JSON.parse(decoder.decode(payload)) as Node, at.replace(/^\/|\/$/g, ''))
  }

  readFile(path: string, encoding?: string | null): string | Uint8Array {
    const content = this.files.get(clean(path))
    if (!content) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    return encoding ? decoder.decode(content) : content
  }

  writeFile(path: string, data: string | Uint8Array): void {
    const name = clean(path)
    if (name.includes('/') && !this.#isFolder(name.slice(0, name.lastIndexOf('/')))) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    const event = this.files.has(name) ? 'change' : 'rename'
    this.files.set(name, typeof data === 'string' ? encoder.encode(data) : data)
    this.#tell(event, name)
  }

  mkdir(path: string): string { this.folders.add(clean(path)); return path }

  rm(path: string, options?: { force?: boolean; recursive?: boolean }): void {
    const name = clean(path)
    const gone = [...this.files.keys()].filter((file) => file === name || file.startsWith(name + '/'))
    if (gone.length === 0 && !options?.force) throw new Error(`ENOENT: no such file or directory, rm '${path}'`)
    for (const file of gone) this.files.delete(file)
    this.#tell('rename', name)
  }

  readdir(path: string): string[] {
    const prefix = clean(path) === '' ? '' : clean(path) + '/'
    return [...new Set([...this.files.keys()].filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length).split('/')[0]!))]
  }

  #lay(node: Node, at: string): void {
    if ('f' in node) {
      if ('c' in node.f) this.files.set(at, node.f.b ? Uint8Array.from(node.f.c, (c) => c.charCodeAt(0)) : encoder.encode(node.f.c))
      return
    }
    this.folders.add(at)
    for (const [name, child] of Object.entries(node.d)) this.#lay(child, at ? `${at}/${name}` : name)
  }

  #isFolder(path: string): boolean { return this.folders.has(path) || [...this.files.keys()].some((file) => file.startsWith(path + '/')) }

  #tell(event: string, name: string): void {
    this.changed(name)
    for (const watcher of this.watchers) if (watcher.path === '' || name.startsWith(watcher.path)) void watcher.run(event, name)
  }
}

export const clean = (path: string): string => path.replace(/^\/(?:home\/[^/]+\/?)?/, '').replace(/^\.\/?/, '').replace(/\/$/, '')
