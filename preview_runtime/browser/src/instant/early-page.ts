import type { Build, FromPage } from '../preview/messages.ts'

/** When a page that runs already was opened, in ms since the epoch, and whether it said hello to whoever was there. */
export interface Early { since: number; hello: boolean }

const MAX_SAID = 1_000

/** A page that the server compiled in place of a tab never says what it was loaded from. */
const INTRODUCTION_MS = 300

/**
 * A page of what was published last, which the browser opened before the engine was there. What it says is kept until it
 * is known whether it shows the app as it is.
 */
export class EarlyPage {
  readonly since: number
  #build: Build | undefined
  #said: FromPage[] = []
  #introduced: (() => void) | undefined

  constructor(since: number) { this.since = since }

  get isUnknown(): boolean { return this.#build === undefined }

  /** Resolves when it has said what it was loaded from, or is not expected to. */
  introduced(): Promise<void> {
    return new Promise((done) => {
      this.#introduced = done
      setTimeout(done, INTRODUCTION_MS)
    })
  }

  /** Another page stands in its place: it has loaded itself anew. */
  begins(): void {
    this.#build = undefined
    this.#said = []
  }

  hear(message: FromPage): void {
    if (message.type === 'build') {
      this.#build = message.build
      this.#introduced?.()
    } else if (this.#said.length < MAX_SAID) this.#said.push(message)
  }

  /** What it has said so far where it was loaded from just this output; undefined for any other page. */
  takenUp(digest: string | undefined): FromPage[] | undefined {
    return digest !== undefined && this.#build?.digest === digest ? this.#said : undefined
  }
}
