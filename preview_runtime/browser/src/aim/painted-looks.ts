import type { Look } from '../engine/place.ts'

/** Animations stand over what stylesheets and elements say, and the app finds no trace of them in its document. */
type Painted = Map<Look, Animation>

/** Looks that are shown before they are written. */
export class PaintedLooks {
  readonly #painted = new Map<Element, Painted>()
  #settled = new Set<Animation>()

  show(elements: Element[], property: Look, value: string): void {
    for (const element of elements) {
      const looks = this.#painted.get(element) ?? new Map<Look, Animation>()
      this.#painted.set(element, looks)
      const before = looks.get(property)
      if (before) this.#settled.delete(before)
      if (value === '') { before?.cancel(); looks.delete(property) }
      else if (before?.effect instanceof KeyframeEffect) before.effect.setKeyframes(frames(property, value))
      else looks.set(property, held(element.animate(frames(property, value), { duration: 1, fill: 'both' })))
    }
  }

  /** What is shown has been written; the next update takes its place. */
  settle(): void { for (const looks of this.#painted.values()) for (const one of looks.values()) this.#settled.add(one) }

  /** An update shows what was settled. */
  written(): void {
    for (const [element, looks] of this.#painted) {
      for (const [property, one] of looks) if (this.#settled.has(one)) { one.cancel(); looks.delete(property) }
      if (looks.size === 0) this.#painted.delete(element)
    }
    this.#settled.clear()
  }

  /** What `look` finds without anything painted; nothing of it is drawn. */
  apart<T>(look: () => T): T {
    const effects = [...this.#painted.values()].flatMap((looks) => [...looks.values()]).map((one) => ({ one, effect: one.effect }))
    for (const { one } of effects) one.effect = null
    try { return look() } finally { for (const { one, effect } of effects) one.effect = effect }
  }

  end(): void {
    for (const looks of this.#painted.values()) for (const one of looks.values()) one.cancel()
    this.#painted.clear()
    this.#settled.clear()
  }
}

const camel = (property: string): string => property.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const frames = (property: Look, value: string): PropertyIndexedKeyframes => ({ [camel(property)]: [value, value] })

function held(animation: Animation): Animation {
  animation.pause()
  return animation
}
