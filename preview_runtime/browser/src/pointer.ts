import type { ElementPointer, Change, Look, Pointed, PointingEvent, SourcePlace, Written } from './engine/place.ts'
import type { ToWorker, FromWorker } from './instant/worker.ts'
import type { FromPage, ToPage } from './preview/messages.ts'

interface PointerOptions { toPage(message: ToPage): boolean; toWorker(message: ToWorker): void }

/**
 * Lets a person point at what the app shows, and says where it is written. What the page tells is only listened to
 * while the person points.
 */
export class Pointer implements ElementPointer {
  readonly #options: PointerOptions
  readonly #listeners = new Set<(event: PointingEvent) => void>()
  readonly #asked = new Map<number, (answer: { place?: SourcePlace; written?: Written }) => void>()
  #questions = 0
  #on = false

  constructor(options: PointerOptions) { this.#options = options }

  on(listener: (event: PointingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  aim(on: boolean): void {
    this.#on = on
    this.#options.toPage({ type: 'aim', on })
  }

  /** A new page does not know that it is pointed into. */
  connected(): void { if (this.#on) this.#options.toPage({ type: 'aim', on: true }) }

  retype(): void { this.#options.toPage({ type: 'retype' }) }

  unwritten(n: number): void { this.#options.toPage({ type: 'unwritten', n }) }

  paint(property: Look, value: string): void { this.#options.toPage({ type: 'paint', property, value }) }

  decide(n: number, property: Look): void { this.#options.toPage({ type: 'decide', n, property }) }

  settle(): void { this.#options.toPage({ type: 'settle' }) }

  follow(step: -1 | 0 | 1): void { this.#options.toPage({ type: 'follow', step }) }

  async place(pointed: Pointed): Promise<SourcePlace | undefined> { return (await this.#ask({ pointed })).place }

  async rewrite(pointed: Pointed, change: Change): Promise<Written> { return (await this.#ask({ pointed, change })).written ?? { why: 'unplaced' } }

  /** False for what is not its own. */
  hear(message: FromPage): message is PointingEvent {
    if (message.type !== 'aiming' && message.type !== 'aimed' && message.type !== 'retyped' && message.type !== 'decided' && message.type !== 'unaimed') return false
    if (message.type === 'unaimed') this.#on = false
    else if (!this.#on) return true
    for (const listener of [...this.#listeners]) listener(message)
    return true
  }

  answered({ id, place, written }: Extract<FromWorker, { type: 'located' }>): void {
    this.#asked.get(id)?.({ place, written })
    this.#asked.delete(id)
  }

  #ask(question: { pointed: Pointed; change?: Change }): Promise<{ place?: SourcePlace; written?: Written }> {
    const id = ++this.#questions
    const answer = new Promise<{ place?: SourcePlace; written?: Written }>((resolve) => this.#asked.set(id, resolve))
    this.#options.toWorker({ type: 'locate', id, ...question })
    return answer
  }
}
