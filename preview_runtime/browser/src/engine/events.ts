import type { EngineEvent } from './engine.ts'

/** The listeners of one engine. A listener that throws does not keep the event from the others. */
export class Events {
  #listeners = new Set<(event: EngineEvent) => void>()

  on(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  emit(event: EngineEvent): void {
    for (const listener of [...this.#listeners]) {
      try { listener(event) } catch (error) { reportError(error) }
    }
  }

  clear(): void { this.#listeners.clear() }
}
