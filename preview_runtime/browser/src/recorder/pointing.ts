import { AimFrame, KEPT_FROM_THE_APP } from '../aim/aim-frame.ts'
import { actedOn } from './targets.ts'

/** Lets a person point at what should be there: what they point at is framed, and nothing of it reaches the app. */

export class Pointing {
  #on = false
  readonly #frame = new AimFrame()
  readonly #pointed: (element: Element | undefined) => void

  constructor(pointed: (element: Element | undefined) => void, ended: () => void) {
    this.#pointed = pointed
    for (const type of KEPT_FROM_THE_APP) window.addEventListener(type, (event) => this.#keep(event), { capture: true, passive: false })
    window.addEventListener('pointermove', (event) => { if (this.#on) this.#frame.show(meant(event.target) ?? document.body) }, { capture: true })
    window.addEventListener('keydown', (event) => {
      if (!this.#on || event.key !== 'Escape') return
      event.preventDefault()
      event.stopImmediatePropagation()
      this.set(false)
      ended()
    }, { capture: true })
  }

  get on(): boolean { return this.#on }

  set(on: boolean): void {
    this.#on = on
    document.documentElement.style.cursor = on ? 'crosshair' : ''
    if (!on) this.#frame.hide()
  }

  #keep(event: Event): void {
    if (!this.#on) return
    if (event.cancelable) event.preventDefault()
    event.stopImmediatePropagation()
    if (event.type !== 'click' || !event.isTrusted) return
    const element = meant(event.target)
    this.set(false)
    this.#pointed(element)
  }
}

/** A label stands for its field; all else is itself, or what is pressed with it. */
function meant(inner: EventTarget | null): Element | undefined {
  if (!(inner instanceof Element)) return undefined
  const element = actedOn(inner)
  return element instanceof HTMLLabelElement ? element.control ?? element : element
}
