/**
 * A field over a text of the app: what is typed shows in the app at once. The app's own elements stay as they are, so
 * whatever made them goes on to find them.
 */

const COPIED = ['font', 'letterSpacing', 'lineHeight', 'textAlign', 'textTransform', 'color', 'wordSpacing'] as const
const EVENTS = ['keydown', 'keyup', 'keypress', 'input', 'beforeinput', 'paste', 'copy', 'cut', 'focusin', 'focusout', 'compositionstart', 'compositionend'] as const

export class TextField {
  readonly #node: Text
  readonly #element: Element
  readonly #done: (text: string | undefined) => void
  readonly #host = document.createElement('div')
  readonly #box = document.createElement('textarea')
  readonly #lead: string
  readonly #trail: string
  #over = false

  /** `done` is given the text, or undefined where nothing was meant to change. */
  constructor(node: Text, element: Element, done: (text: string | undefined) => void) {
    this.#node = node
    this.#element = element
    this.#done = done
    const [, lead = '', words = '', trail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(node.data) ?? []
    this.#lead = lead
    this.#trail = trail
    this.#host.popover = 'manual'
    this.#host.style.cssText = 'position:fixed;inset:auto;margin:0;padding:0;border:0;background:none;overflow:visible'
    const style = getComputedStyle(element)
    Object.assign(this.#box.style, { boxSizing: 'border-box', margin: '0', padding: '0', border: '0', outline: '2px solid #d9480f', outlineOffset: '2px', borderRadius: '2px', resize: 'none', overflow: 'hidden', fieldSizing: 'content', background: backgroundOf(element) }, Object.fromEntries(COPIED.map((name) => [name, style[name]])))
    this.#box.rows = 1
    this.#box.spellcheck = true
    this.#box.value = words.replace(/\s+/g, ' ')
    this.#box.setAttribute('aria-label', this.#box.value)
    // In a shadow of its own: no style of the app reaches it.
    this.#host.attachShadow({ mode: 'open' }).append(this.#box)
    for (const type of EVENTS) this.#host.addEventListener(type, (event) => event.stopPropagation())
    this.#box.addEventListener('input', () => this.#typed())
    this.#box.addEventListener('keydown', (event) => this.#press(event))
    this.#box.addEventListener('blur', () => this.commit())
    document.documentElement.append(this.#host)
    this.#host.showPopover()
    this.#place()
    this.#box.focus()
    this.#box.select()
  }

  contains(event: Event): boolean { return event.target === this.#host }

  commit(): void { this.#finish(this.#node.isConnected ? this.#box.value : undefined) }

  end(): void { this.#finish(undefined) }

  #typed(): void {
    if (!this.#node.isConnected) { this.end(); return }
    this.#node.data = this.#lead + this.#box.value.replace(/\s*\n\s*/g, ' ') + this.#trail
    this.#place()
  }

  #press(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (event.key === 'Enter') this.commit()
    else if (event.key === 'Escape') this.end()
    else return
    event.preventDefault()
  }

  #place(): void {
    const range = document.createRange()
    range.selectNodeContents(this.#node)
    const text = range.getBoundingClientRect()
    const around = this.#element.getBoundingClientRect()
    const { left, top, width } = text.width > 0 ? text : around
    // One line grows with its text; several are broken where the app breaks them.
    const wraps = new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1
    const { display, paddingRight } = getComputedStyle(this.#element)
    const most = display.startsWith('inline') ? width : Math.max(width, around.right - parseFloat(paddingRight) - left)
    Object.assign(this.#host.style, { left: `${left}px`, top: `${top}px` })
    Object.assign(this.#box.style, {
      minWidth: `${Math.max(width, 24)}px`, maxWidth: `${wraps ? most : Math.max(width, innerWidth - left - 8)}px`,
      width: wraps ? `${most}px` : 'auto', minHeight: `${text.height}px`, whiteSpace: wraps ? 'pre-wrap' : 'pre',
    })
  }

  #finish(text: string | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#host.remove()
    this.#done(text)
  }
}

/** The first colour that is not see-through, from the element outwards. */
function backgroundOf(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at)
    if (!/^rgba\(.*,\s*0(?:\.\d+)?\)$|^transparent$/.test(backgroundColor)) return backgroundColor
  }
  return 'Canvas'
}
