/** A frame around what is pointed at. */

export const KEPT_FROM_THE_APP = ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend', 'click', 'dblclick', 'auxclick', 'contextmenu'] as const

const COLOUR = '#d9480f'
const BASE = `position:fixed;inset:auto;margin:0;padding:0;border:2px solid ${COLOUR};border-radius:4px;pointer-events:none;box-sizing:border-box;overflow:hidden;`

export class AimFrame {
  readonly #frame = document.createElement('div')

  /** `light`: the frame alone; else what is in it is tinted. */
  constructor(light = false) {
    this.#frame.popover = 'manual'
    this.#frame.style.cssText = `${BASE}background:${light ? 'none' : `${COLOUR}22`}`
  }

  show(element: Element): void {
    // Beside the body: a walk never finds it, and it lies over dialogs.
    if (!this.#frame.isConnected) document.documentElement.append(this.#frame)
    const { left, top, width, height } = element.getBoundingClientRect()
    Object.assign(this.#frame.style, { left: `${left - 2}px`, top: `${top - 2}px`, width: `${width + 4}px`, height: `${height + 4}px` })
    if (!this.#frame.matches(':popover-open')) this.#frame.showPopover()
  }

  hide(): void { this.#frame.remove() }
}
