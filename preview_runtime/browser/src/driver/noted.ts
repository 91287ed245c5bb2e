import { withoutHost } from './address.ts'

/**
 * What an app does that nobody sees on the page: what it asks of the person and of the browser, and what it listens to.
 * Each is one line of what the page shows.
 */

const MAX_NOTES = 200
const notes: string[] = []
const listening = new Map<string, { listener: unknown; capture: boolean }[]>()

const kept = new Map<string, number>()

/** An event of ours that the app kept from doing what the browser does with it. */
export function prevented(what: string): false {
  kept.set(what, (kept.get(what) ?? 0) + 1)
  return false
}

/** Whether the window or the document listens to events of this type. */
export const listensTo = (type: string): boolean => ['window', 'document'].some((name) => (listening.get(`${name} ${type}`)?.length ?? 0) > 0)

export function note(text: string): void {
  if (notes.length < MAX_NOTES) notes.push(`${withoutHost(text).slice(0, 200)}\t`)
}

export function noted(): string[] {
  const listened = [...listening].filter(([, all]) => all.length > 0).map(([what, all]) => `\tlistens ${what} ${all.length}`)
  const taken = [...kept].map(([what, times]) => `\ttakes ${what} ${times}`)
  return [...notes, ...listened.sort(), ...taken.sort()]
}

/** In the place of what only somebody who sits there could answer. */
export function providePerson(): void {
  window.alert = (text) => note(`says “${text}”`)
  window.confirm = (text) => { note(`asks “${text}”`); return true }
  window.prompt = (text) => { note(`asks “${text}”`); return '' }
  window.print = () => note('prints')
  window.open = (url) => { note(`opens ${url}`); return null }
  let clipboard = ''
  const text = { writeText: (written: string) => { clipboard = written; note(`copies “${written}”`); return Promise.resolve() }, readText: () => Promise.resolve(clipboard) }
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: text })
  // What goes wrong while somebody's app is tried out is told by the walk, and not by their console.
  console.error = (text: unknown) => note(`error “${String(text)}”`)
  console.warn = (text: unknown) => note(`warning “${String(text)}”`)
  provideDevices()
  const { fetch } = window
  window.fetch = (...given) => {
    const [to, init] = given
    note(`sends ${init?.method ?? 'GET'} ${to instanceof Request ? to.url : String(to)}`)
    return fetch(...given)
  }
  for (const [name, target] of [['window', window], ['document', document]] as const) listens(name, target)
}

/** What is heard, felt, handed on or put into a file; the history; and other ways of sending. */
function provideDevices(): void {
  const told = <T extends object>(owner: T, name: keyof T & string, words: (...given: unknown[]) => string): void => {
    const real = owner[name] as unknown
    if (typeof real !== 'function') return
    Object.defineProperty(owner, name, { configurable: true, writable: true, value: function (this: unknown, ...given: unknown[]): unknown { note(words(...given)); return real.apply(this, given) } })
  }
  told(AudioScheduledSourceNode.prototype, 'start', () => 'makes a sound')
  told(AudioBufferSourceNode.prototype, 'start', () => 'makes a sound')
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) { note(`plays ${this.currentSrc.slice(0, 100)}`); return Promise.resolve() }
  Object.defineProperty(navigator, 'vibrate', { configurable: true, value: (pattern: unknown) => { note(`shakes ${String(pattern)}`); return true } })
  Object.defineProperty(navigator, 'share', { configurable: true, value: (what: unknown) => { note(`hands on ${JSON.stringify(what)}`); return Promise.resolve() } })
  Object.defineProperty(window, 'Notification', { configurable: true, value: notification() })
  told(URL, 'createObjectURL', (made) => (made instanceof Blob ? `makes a file ${made.type} ${made.size}` : 'makes a file'))
  for (const name of ['pushState', 'replaceState'] as const) told(history, name, (_, __, to) => `${name === 'pushState' ? 'goes on' : 'goes over'} to ${String(to ?? '')}`)
  told(navigator, 'sendBeacon', (to) => `sends ${String(to)}`)
  told(XMLHttpRequest.prototype, 'open', (method, to) => `sends ${String(method)} ${String(to)}`)
  leaves()
}

/** What the app hands over to another program, or leaves for: a letter, a call, another site. Within the app the address says it. */
function leaves(): void {
  if (!('navigation' in window)) return
  navigation.addEventListener('navigate', (event) => {
    const { url } = event.destination
    if (new URL(url).origin === location.origin) return
    note(`leaves for ${url}`)
    // A hidden frame may begin no other program, which the browser would say in the person's console.
    if (/^(mailto|tel|sms):/.test(url)) event.preventDefault()
  })
}

/** Somebody who allows them, and sees none. */
function notification(): unknown {
  class Shown extends EventTarget {
    static permission = 'granted'
    static requestPermission(): Promise<string> { note('asks to notify'); return Promise.resolve('granted') }
    constructor(title: string) { super(); note(`notifies “${title}”`) }
    close(): void { /* nothing was shown */ }
  }
  return Shown
}

function listens(name: string, target: EventTarget): void {
  const { addEventListener, removeEventListener } = target
  const captures = (options: unknown): boolean => (typeof options === 'object' ? (options as AddEventListenerOptions | null)?.capture ?? false : Boolean(options))
  const of = (type: string): { listener: unknown; capture: boolean }[] => {
    const what = `${name} ${type}`
    if (!listening.has(what)) listening.set(what, [])
    return listening.get(what)!
  }
  const drop = (type: string, listener: unknown, capture: boolean): void => {
    const at = of(type).findIndex((one) => one.listener === listener && one.capture === capture)
    if (at >= 0) of(type).splice(at, 1)
  }
  target.addEventListener = (type: string, listener: EventListener | null, options?: boolean | AddEventListenerOptions) => {
    addEventListener.call(target, type, listener, options)
    const { once, signal } = typeof options === 'object' ? options : {}
    if (once || signal?.aborted) return
    drop(type, listener, captures(options))
    of(type).push({ listener, capture: captures(options) })
    signal?.addEventListener('abort', () => drop(type, listener, captures(options)))
  }
  target.removeEventListener = (type: string, listener: EventListener | null, options?: boolean | EventListenerOptions) => {
    removeEventListener.call(target, type, listener, options)
    drop(type, listener, captures(options))
  }
}
