import { finishAnimations } from './animations.ts'
import { goOn, pageTime, real, waiting } from './clock.ts'

/** Looking again as the page changes: by its mutations, its timers and its frames, never after a fixed time of ours. */

/** So long a person takes between two acts, ms of the page's time. */
const PAUSE_MS = 320
const PAUSE_STEP_MS = 32
const PARTS = 60
/** So long what was asked of a server may take, ms. */
const ANSWER_MS = 1_000
/** So much longer an expectation waits while a server is being asked: it may have a machine that others use as well. */
const BUSY_MS = 4_000
/** So long a frame may take on a busy machine, and where the last one did not come. */
const FRAME_MS = 1_000
const NO_FRAME_MS = 50
/** So often somebody looks who waits for what only time brings. */
const TURN_MS = 4
/** The end of one movement may begin another. */
const MOVEMENTS = 8

let observes = false
/** Asks for frames, which a page that nobody sees is not given by itself. */
let draw: (() => void) | undefined
let comes = true
let scrolled = '0,0'
let asked = 0
/** Dialogs of which the page has not been told yet that they closed. */
let closing = 0

/** One for all: to open one takes longer than to be told through it. */
const channel = new MessageChannel()
const tasks: (() => void)[] = []
channel.port1.onmessage = () => tasks.shift()?.()

/** Notes what only the browser's own frames and answers bring forth: where a page uses neither, nobody waits for them. */
export function provideWaiting(): void {
  for (const name of ['ResizeObserver', 'IntersectionObserver'] as const) {
    const { observe } = window[name].prototype
    window[name].prototype.observe = function (this: ResizeObserver & IntersectionObserver, ...given: [Element]) { observes = true; observe.apply(this, given) }
  }
  // What scrolls slowly is somewhere else each time that one looks.
  for (const name of ['scrollTo', 'scrollBy', 'scrollIntoView', 'scroll'] as const) {
    for (const owner of [window, Element.prototype] as unknown as Record<string, (...given: unknown[]) => void>[]) {
      const scroll = owner[name]
      if (scroll) owner[name] = function (this: unknown, ...given) { scroll.apply(this, given.map((one) => (typeof one === 'object' && one !== null ? { ...one, behavior: 'instant' } : one))) }
    }
  }
  history.scrollRestoration = 'manual'
  const style = Object.assign(document.createElement('style'), { textContent: '*{scroll-behavior:auto!important}' })
  document.documentElement.append(style)
  const { close } = HTMLDialogElement.prototype
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement, ...given) {
    if (this.open) {
      closing++
      this.addEventListener('close', () => { closing-- }, { once: true })
    }
    close.apply(this, given)
  }
  const { fetch } = window
  window.fetch = async (...given) => {
    asked++
    try { return await fetch(...given) } finally { asked-- }
  }
  const { send } = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.send = function (...given) {
    asks(this, ['loadend'])
    send.apply(this, given)
  }
  // Until such a line is open there is nobody who hears: an app may say nothing before.
  for (const name of ['WebSocket', 'EventSource'] as const) {
    Object.defineProperty(window, name, {
      value: new Proxy(window[name], {
        construct: (line, given, made) => asks(Reflect.construct(line, given, made) as EventTarget, ['open', 'error', 'close']),
      }),
      configurable: true, writable: true,
    })
  }
}

/** A server is being asked until one of `events`. */
function asks<T extends EventTarget>(target: T, events: string[]): T {
  asked++
  const ended = (): void => {
    asked--
    for (const event of events) target.removeEventListener(event, ended)
  }
  for (const event of events) target.addEventListener(event, ended)
  return target
}

/** `ask`: what has this page be given frames from then on. */
export function provideFrames(ask: () => void): void { draw = ask }

/** As soon as the browser prepares its next frame. One that it holds back is waited for once. */
export function nextFrame(): Promise<void> {
  draw?.()
  draw = undefined
  return new Promise((resolve) => {
    const ended = (came: boolean): void => { comes = came; real.clearTimeout(timer); resolve() }
    const timer = real.setTimeout(() => ended(false), comes ? FRAME_MS : NO_FRAME_MS)
    real.requestAnimationFrame(() => ended(true))
  })
}

/** A while later; with what comes with frames, where the page uses it. */
const turn = (): Promise<void> => (observes ? nextFrame() : new Promise((resolve) => { real.setTimeout(resolve, TURN_MS) }))

/** After what the page has put off until this task is over: frameworks gather changes, and bring them to the page then. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    tasks.push(resolve)
    channel.port2.postMessage(0)
  })
}

/** What `look` gives once it gives something; undefined where it has not within `ms`, of the page's time and of ours. */
export async function until<T>(look: () => T | undefined, ms: number): Promise<T | undefined> {
  let found = look()
  if (found !== undefined) return found
  const changes = watch()
  const [end, pageEnd] = [real.now() + ms, pageTime() + ms]
  let looked = pageTime()
  const waits = (): boolean => real.now() < end || pageTime() < pageEnd || (asked > 0 && real.now() < end + BUSY_MS)
  while (found === undefined && waits()) {
    await nextTask()
    // Values and styles change without a mutation.
    if (changes.any() || pageTime() - looked > 100) { looked = pageTime(); found = look() }
    if (found !== undefined) break
    if (waiting() === 0 || pageTime() >= pageEnd) await turn()
    finishAnimations()
    goOn()
  }
  changes.end()
  return found
}

/** Resolves once two turns went by without a mutation; at the latest after `ms`. */
export async function rest(ms: number): Promise<void> {
  const changes = watch()
  const end = real.now() + ms
  for (let still = 0; still < 2 && real.now() < end; still = changes.any() ? 0 : still + 1) {
    if (observes) await nextFrame()
    finishAnimations()
    await nextTask()
    goOn()
  }
  changes.end()
}

/** Lets the time pass that a person takes between two acts, and then what is still under way come to its end. */
export async function pause(): Promise<void> {
  await loaded()
  for (let passed = 0; passed < PAUSE_MS; passed += PAUSE_STEP_MS) {
    await nextTask()
    goOn(PAUSE_STEP_MS)
  }
  for (let times = 0; times < MOVEMENTS && finishAnimations(); times++) await nextTask()
  await loaded()
  const place = `${window.scrollX},${window.scrollY}`
  // The page is told of its scrolling, and of what it observes, with the browser's next frame.
  if (observes || place !== scrolled) { await nextFrame(); await nextTask(); await nextFrame() }
  scrolled = place
  await nextTask()
}

/** Lets `ms` of the page's time pass, in parts: what is put off within one is done after it. */
export async function pass(ms: number): Promise<void> {
  const end = pageTime() + ms
  while (waiting() > 0 && pageTime() < end) {
    goOn(Math.min(ms / PARTS, end - pageTime()))
    await nextTask()
  }
  if (pageTime() < end) goOn(end - pageTime())
}

async function loaded(): Promise<void> {
  const end = real.now() + ANSWER_MS
  while (isLoading() && real.now() < end) await turn()
}

const isLoading = (): boolean => asked > 0 || closing > 0 || document.fonts.status === 'loading' || [...document.images].some((image) => !image.complete && image.loading !== 'lazy')

function watch(): { any(): boolean; end(): void } {
  let changed = false
  const observer = new MutationObserver(() => { changed = true })
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true })
  return {
    any: () => {
      const is = changed || observer.takeRecords().length > 0
      changed = false
      return is
    },
    end: () => observer.disconnect(),
  }
}
