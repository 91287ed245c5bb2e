import { PreviewLink } from '../preview-link.ts'
import { tabName } from '../preview/messages.ts'
import type { Outcome, WalkStep } from '../engine/walk.ts'
import type { FromPage, ToWalked } from '../preview/messages.ts'

export const VIEWPORT = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }

/** How long a page may take to load, ms, and a step to answer beyond what it waits for by itself. */
const PAGE_MS = 8_000
const STEP_MS = 3_000
const STUCK: Outcome = { why: 'stuck', saw: [] }

/**
 * A frame that nobody sees and that is laid out all the same, at the address for walks: the same app with a storage of its
 * own. It may run scripts and keep things, and neither open windows, nor download, nor take the focus from the person.
 */
export class WalkFrame {
  readonly #frame = document.createElement('iframe')
  readonly #link: PreviewLink
  readonly #kept = (event: FocusEvent): void => { if (event.target instanceof HTMLElement) this.#focused = event.target }
  // After the event: in it the browser is still moving the focus, and would let the page have the caret and the frame the keys.
  readonly #taken = (): void => { setTimeout(() => this.#giveBack()) }
  #focused: HTMLElement | undefined
  #page = Promise.withResolvers<void>()
  #answer: { n: number; done: PromiseWithResolvers<Outcome> } | undefined
  #drawn: { n: number; done(svg: string): void } | undefined
  #n = 0
  #fresh = true

  /** The other tabs of the walk, by number. */
  readonly #tabs = new Map<number, WalkFrame>()
  readonly #url: string
  readonly #home: HTMLElement

  /** `tab`: its number, of one that is opened beside another. */
  constructor(url: string, home: HTMLElement, tab?: number) {
    this.#url = url
    this.#home = home
    if (tab !== undefined) this.#frame.name = tabName(tab)
    this.#frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms')
    this.#frame.tabIndex = -1
    this.#frame.setAttribute('aria-hidden', 'true')
    this.#frame.style.cssText = 'position:fixed;left:0;top:0;border:0;pointer-events:none;z-index:2147483647'
    this.#draw(false)
    this.#size(VIEWPORT)
    if (document.activeElement instanceof HTMLElement) this.#focused = document.activeElement
    document.addEventListener('focusin', this.#kept)
    window.addEventListener('blur', this.#taken)
    this.#link = new PreviewLink({
      frame: this.#frame, origin: new URL(url).origin,
      message: (message) => this.#heard(message),
      connected: (line) => {
        line.close()
        this.#draw(false)
        this.#page.resolve()
      },
      hang: () => this.#answer?.done.resolve(STUCK),
    })
    home.append(this.#frame)
    this.#frame.src = url
  }

  close(): void {
    this.#closeTabs()
    this.#link.close()
    document.removeEventListener('focusin', this.#kept)
    window.removeEventListener('blur', this.#taken)
    this.#answer?.done.resolve(STUCK)
    this.#frame.remove()
  }

  /** The app's first page with nothing kept. False where it does not come. */
  async begin(viewport = VIEWPORT): Promise<boolean> {
    this.#closeTabs()
    this.#size(viewport)
    if (this.#fresh) {
      this.#fresh = false
      return this.#arrives()
    }
    this.#page = Promise.withResolvers()
    this.#link.send({ type: 'begin', path: '/' })
    return this.#arrives()
  }

  /** Tab `number` of the walk, 1 being this one; undefined where its page does not come. */
  async tab(number: number): Promise<WalkFrame | undefined> {
    const open = number === 1 ? this : this.#tabs.get(number)
    if (open) return open
    const tab = new WalkFrame(this.#url, this.#home, number)
    this.#tabs.set(number, tab)
    return await tab.begin() ? tab : undefined
  }

  #closeTabs(): void {
    for (const tab of this.#tabs.values()) tab.close()
    this.#tabs.clear()
  }

  async step(step: WalkStep): Promise<Outcome> {
    if ('viewport' in step) this.#size(step.viewport)
    if ('reload' in step || 'open' in step) {
      this.#page = Promise.withResolvers()
      this.#link.send({ type: 'step', n: ++this.#n, step })
      return await this.#arrives() ? { saw: [] } : { why: 'no_page', saw: [] }
    }
    const waits = 'seconds' in step && step.seconds ? step.seconds * 1_000 : 0
    return this.#ask((n) => ({ type: 'step', n, step }), waits, 'back' in step)
  }

  /** What the page shows, `later` ms of its own time from now. */
  look(later: number): Promise<Outcome> {
    return this.#ask((n) => ({ type: 'look', n, later }), 0, false)
  }

  /** What is done next, its key and its words in `saw`; nothing there where all of it is among those `done`. */
  stroll(done: string[], briefly: boolean): Promise<Outcome> {
    return this.#ask((n) => ({ type: 'stroll', n, done, briefly }), 0, false)
  }

  /** What the page shows, as an SVG; "" where it does not say. */
  picture(): Promise<string> {
    const done = Promise.withResolvers<string>()
    this.#drawn = { n: ++this.#n, done: done.resolve }
    this.#link.send({ type: 'picture', n: this.#n })
    return Promise.race([done.promise, after(STEP_MS).then(() => '')])
  }

  /** `leaves`: another page is an answer as well. */
  async #ask(message: (n: number) => ToWalked, waits: number, leaves: boolean): Promise<Outcome> {
    for (;;) {
      const page = this.#page = Promise.withResolvers<void>()
      const n = ++this.#n
      const done = Promise.withResolvers<Outcome>()
      this.#answer = { n, done }
      this.#link.send(message(n))
      const outcome = await Promise.race([done.promise, page.promise.then((): Outcome | undefined => (leaves ? { saw: [] } : undefined)), after(waits + STEP_MS + PAGE_MS / 2).then(() => STUCK)])
      // A page that went had not answered, and so had done nothing: the next one is asked.
      if (outcome) return outcome
    }
  }

  #arrives(): Promise<boolean> {
    return Promise.race([this.#page.promise.then(() => true), after(PAGE_MS).then(() => false)])
  }

  #heard(message: FromPage): void {
    if (message.type === 'draws') this.#draw(true)
    if (message.type === 'drawn' && message.n === this.#drawn?.n) this.#drawn.done(message.svg)
    if (message.type !== 'stepped' || message.n !== this.#answer?.n) return
    const { why, saw, shown } = message
    this.#answer.done.resolve({ ...(why && { why }), saw, ...(shown && { shown }) })
  }

  /**
   * Chromium gives no frames to what is transparent, covered or out of sight, and drawing is a sixth of what a walk takes: a
   * page has some once it asks for them. One pixel is enough, and costs a tenth of drawing all.
   */
  #draw(on: boolean): void {
    Object.assign(this.#frame.style, { opacity: on ? '0.001' : '0', clipPath: 'inset(0 calc(100% - 1px) calc(100% - 1px) 0)' })
  }

  #size({ width, height }: { width: number; height: number }): void {
    Object.assign(this.#frame.style, { width: `${width}px`, height: `${height}px` })
  }

  #giveBack(): void {
    const active = document.activeElement
    if (active === this.#frame) {
      if (this.#focused?.isConnected) this.#focused.focus({ preventScroll: true })
      else this.#frame.blur()
    // The page may keep its caret and the frame get the keys all the same.
    } else if (active instanceof HTMLElement && !(active instanceof HTMLIFrameElement) && !document.hasFocus()) active.focus({ preventScroll: true })
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
