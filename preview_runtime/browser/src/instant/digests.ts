import { hash } from './files/hash.ts'
import type { OutputFile } from '../engine/engine.ts'
import type { Content } from './files/file-set.ts'

/** The digest of an output. Each file is read once: an edit changes few of them, and is waited for. */
export class Digests {
  readonly #known = new Map<string, { body: Content; digest: string }>()

  /** `rest`: what the pages hold beside these files. */
  of(files: Record<string, OutputFile>, rest: unknown): string {
    const all = Object.keys(files).sort().map((path) => `${path} ${this.#file(path, files[path]!)}`)
    return hash(JSON.stringify([all, rest]))
  }

  #file(path: string, { type, body }: OutputFile): string {
    const known = this.#known.get(path)
    if (known?.body === body) return known.digest
    const digest = `${type} ${body.length} ${hash(typeof body === 'string' ? body : new TextDecoder('latin1').decode(body))}`
    this.#known.set(path, { body, digest })
    return digest
  }
}
