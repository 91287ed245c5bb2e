import { actedOn } from './targets.ts'

/** Lets a person point at what should be there: what they point at is framed, and nothing of it reaches the app. */

const KEPT_FROM_THE_APP = ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend', 'click', 'dblclick', 'auxclick', 'contextmenu'] as const
const FRAME = 'position:fixed;inset:auto;margin:0;padding:0;border:2px solid #d9480f;border-radius:4px;background:#d9480f22;pointer-events:none;box-sizing:border-box;overflow:hidden'

export class Pointing {
  #on = false
  readonly #frame = document.createElement('div')
  readonly #pointed: (element: Element | undefined) => void

  constructor(pointed: (element: Element | undefined) => void, ended: () => void) {
    this.#pointed = pointed
    this.#frame.popover = 'manual'
    this.#frame.style.cssText = FRAME
    for (const type of KEPT_FROM_THE_APP) window.addEventListener(type, (event) => this.#keep(event), { capture: true, passive: false })
    window.addEventListener('pointermove', (event) => { if (this.#on) this.#show(meant(event.target)) }, { capture: true })
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
    // Beside the body: a walk never finds it, and it lies over dialogs.
    if (on) document.documentElement.append(this.#frame)
    else this.#frame.remove()
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

  #show(element: Element | undefined): void {
    const { left, top, width, height } = (element ?? document.body).getBoundingClientRect()
    Object.assign(this.#frame.style, { left: `${left - 2}px`, top: `${top - 2}px`, width: `${width + 4}px`, height: `${height + 4}px` })
    if (!this.#frame.matches(':popover-open')) this.#frame.showPopover()
  }
}

/** A label stands for its field; all else is itself, or what is pressed with it. */
function meant(inner: EventTarget | null): Element | undefined {
  if (!(inner instanceof Element)) return undefined
  const element = actedOn(inner)
  return element instanceof HTMLLabelElement ? element.control ?? element : element
}
