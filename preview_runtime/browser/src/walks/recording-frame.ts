import { PreviewLink } from '../preview-link.ts'
import type { LeftOut } from '../engine/recording.ts'
import type { WalkStep } from '../engine/walk.ts'
import type { FromPage } from '../preview/messages.ts'

export interface RecordingOptions {
  /** Its name is `RECORDED`, since it was made: a page knows by that what it is for. */
  frame: HTMLIFrameElement
  /** Where the app is served for walks. */
  url: string
  /** The app is there, with nothing stored. */
  arrived(): void
  /** A step; one with a `key` that came before takes the place of that one. */
  recorded(key: string, step: WalkStep): void
  dropped(key: string): void
  leftOut(why: LeftOut, words: string): void
  /** The person does not point any more. */
  pointed(): void
  hang(): void
}

const ANSWER_MS = 5_000

/** A frame in which a person records a walk: the app as every walk finds it, at the address for walks. */
export class RecordingFrame {
  readonly #options: RecordingOptions
  readonly #link: PreviewLink
  #pages = 0
  #asked = 0
  #answer: { n: number; there(steps: WalkStep[]): void } | undefined

  constructor(options: RecordingOptions) {
    this.#options = options
    const { frame, url } = options
    this.#link = new PreviewLink({
      frame, origin: new URL(url).origin,
      message: (message) => this.#heard(message),
      connected: (line) => {
        line.close()
        this.#pages++
        // The first page may find what another walk left behind.
        if (this.#pages === 1) this.#link.send({ type: 'begin', path: '/' })
        else if (this.#pages === 2) options.arrived()
      },
      hang: () => options.hang(),
    })
    frame.src = url
  }

  /** Whether what the person points at next is expected to be seen. */
  point(on: boolean): void { this.#link.send({ type: 'point', on }) }

  reload(): void { this.#link.send({ type: 'reload' }) }

  /** What can be seen at the moment; empty where the page does not answer. */
  there(): Promise<WalkStep[]> {
    return new Promise((resolve) => {
      this.#answer = { n: ++this.#asked, there: resolve }
      setTimeout(() => resolve([]), ANSWER_MS)
      this.#link.send({ type: 'there', n: this.#asked })
    })
  }

  /** Number `at` of what was there is expected to be seen. */
  expect(at: number): void { this.#link.send({ type: 'expect', at }) }

  close(): void {
    this.#link.close()
    this.#options.frame.src = 'about:blank'
  }

  #heard(message: FromPage): void {
    const key = (n: number): string => `${this.#pages}.${n}`
    switch (message.type) {
      case 'recorded': return this.#options.recorded(key(message.key), message.step)
      case 'dropped': return this.#options.dropped(key(message.key))
      case 'left_out': return this.#options.leftOut(message.why, message.words)
      case 'pointed': return this.#options.pointed()
      case 'there': if (message.n === this.#answer?.n) this.#answer.there(message.steps)
    }
  }
}
