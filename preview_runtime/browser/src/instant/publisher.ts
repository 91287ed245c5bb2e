import type { Output, OutputFile } from '../engine/engine.ts'

/** Why an output was not taken: `code` and the sentence of the server, or `offline` where there was no answer. */
export class PublishError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Brings output to the server, one piece after the other: each says what changed since the one before. */
export class Publisher {
  readonly #url: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(url: string) { this.#url = url }

  /** Resolves once the preview host serves it. Rejects with PublishError. */
  publish(output: Output): Promise<void> {
    const done = this.#last.then(() => this.#send(output))
    this.#last = done.catch(() => undefined)
    return done
  }

  async #send(output: Output): Promise<void> {
    const files = Object.fromEntries(Object.entries(output.files).map(([path, file]) => [path, toWire(file)]))
    let response: Response
    try {
      response = await fetch(this.#url, {
        method: 'PUT', credentials: 'same-origin', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...output, files }),
      })
    } catch {
      throw new PublishError('offline', 'Sayso does not answer. It is tried again with your next change.')
    }
    if (response.ok) return
    const shape = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null
    throw new PublishError(shape?.error?.code ?? 'publish', shape?.error?.message ?? `Sayso answered with status ${response.status}.`)
  }
}

function toWire({ type, body }: OutputFile): { type: string; body: string } | { type: string; base64: string } {
  if (typeof body === 'string') return { type, body }
  let binary = ''
  // In pieces: an argument list has its limits.
  for (let at = 0; at < body.length; at += 0x8000) binary += String.fromCharCode(...body.subarray(at, at + 0x8000))
  return { type, base64: btoa(binary) }
}
