import { Failure, phrase, verbatim } from '../engine/phrase.ts'
import type { Output, OutputFile } from '../engine/engine.ts'

/**
 * Sends output to the server, one piece after the other: each holds the changes since the previous one. The worker makes
 * the request itself: through the page it would wait until the page has drawn its editor.
 */
export class Publisher {
  readonly #url: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(url: string) { this.#url = url }

  /**
   * Resolves once the preview host serves it: whether it served just that before. Rejects with Failure: the server's error, or `offline` when it does not
   * answer.
   */
  publish(output: Output): Promise<boolean> {
    const done = this.#last.then(() => this.#send(output))
    this.#last = done.catch(() => undefined)
    return done
  }

  async #send(output: Output): Promise<boolean> {
    const files = Object.fromEntries(Object.entries(output.files).map(([path, file]) => [path, toWire(file)]))
    let response: Response
    try {
      response = await fetch(this.#url, {
        method: 'PUT', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'X-Sayso-Client': 'page' }, body: JSON.stringify({ ...output, files }),
      })
    } catch {
      throw new Failure('offline', phrase('engine.offline'))
    }
    if (response.ok) return ((await response.json()) as { same: boolean }).same
    const shape = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null
    const says = shape?.error?.message === undefined ? phrase('engine.publish.status', { status: response.status }) : verbatim(shape.error.message)
    throw new Failure(shape?.error?.code ?? 'publish', says)
  }
}

function toWire({ type, body }: OutputFile): { type: string; body: string } | { type: string; base64: string } {
  if (typeof body === 'string') return { type, body }
  let binary = ''
  // In pieces, because an argument list has a limit.
  for (let at = 0; at < body.length; at += 0x8000) binary += String.fromCharCode(...body.subarray(at, at + 0x8000))
  return { type, base64: btoa(binary) }
}
