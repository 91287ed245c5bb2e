import { tableText } from './console-table.ts'
import { consoleText, cut, inspect, placeOf } from './inspect.ts'
import { CONNECT, HELLO, LEAVING, MAX_PER_SECOND, PAINTED } from './messages.ts'
import { afterFrame, hasContent } from './paint.ts'
import { provideStorage } from './storage.ts'
import { takePlaces } from './written.ts'
import type { Build, FromPage, PageLink, ToClient, ToPage } from './messages.ts'
import type { LogLevel } from '../engine/engine.ts'

/**
 * First script of every preview page. Where the page stands in the builder's frame it tells what happens in it;
 * anywhere else (a live link, a tab of its own) it only takes the marks of places off the page.
 */
const { builder, waiting, page, hash, build } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {}
const written = takePlaces(page, hash)
if (builder && window.parent !== window) watch(builder, window.parent)

/** How long a page that is told of a reload waits for it. */
const LEAVING_MS = 5_000

/**
 * Keeps this page's process for the page that a reload puts in its place, which then finds its code compiled. Chromium ends
 * the process of a frame that goes at once, unless the page listens to its end: then it has half a second. Only a page
 * that answers can do so: one that runs in circles takes its process with it.
 */
function outlast(): void {
  const end = (): void => undefined
  window.addEventListener('pagehide', end)
  setTimeout(() => window.removeEventListener('pagehide', end), LEAVING_MS)
}

/** The methods of the console that the log shows. */
type Wrapped = LogLevel | 'dir' | 'group' | 'groupCollapsed' | 'table' | 'trace' | 'assert'

function watch(origin: string, parent: Window): void {
  let port: MessagePort | undefined
  let line: MessagePort | undefined
  let queue: FromPage[] = []
  let second = 0
  let count = 0
  let dropped = 0
  let handler: ((message: ToClient) => void) | undefined
  const early: ToClient[] = []
  const now = (): number => performance.timeOrigin + performance.now()

  const post = (message: FromPage): void => {
    if (port) port.postMessage(message)
    else if (queue.length < 500) queue.push(message)
  }
  const send = (message: FromPage): void => {
    if (message.type === 'log' || message.type === 'error' || message.type === 'navigated') {
      const current = Math.floor(performance.now() / 1000)
      if (current !== second) {
        if (dropped > 0) post({ type: 'log', level: 'warn', note: 'left_out', text: String(dropped), at: now() })
        second = current
        count = dropped = 0
      }
      if (++count > MAX_PER_SECOND) { dropped++; return }
    }
    post(message)
  }

  window.addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== origin) return
    if (event.data === LEAVING) { event.stopImmediatePropagation(); outlast() }
    if (event.data !== CONNECT || !event.ports[0]) return
    event.stopImmediatePropagation()
    port?.close()
    port = event.ports[0]
    port.onmessage = ({ data }: MessageEvent<ToPage>) => receive(data)
    line?.close()
    line = event.ports[1]
    if (line) line.onmessage = ({ data }: MessageEvent<ToPage>) => receive(data)
    for (const message of queue) port.postMessage(message)
    queue = []
  })
  if (build !== undefined) send({ type: 'build', build: JSON.parse(build) as Build })
  parent.postMessage(HELLO, origin)
  const local = provideStorage('localStorage')
  if (provideStorage('sessionStorage') || local) send({ type: 'log', level: 'info', note: 'no_storage', text: '', at: now() })

  function receive(message: ToPage): void {
    if (message.type === 'ping') post({ type: 'pong', n: message.n })
    else if (message.type === 'reload') location.reload()
    else if (message.type === 'navigate') goTo(new URL(message.path, location.origin).href)
    else if (handler) handler(message)
    else early.push(message)
  }

  /** One step of the frame's own history where that leads there: an app keeps its state on the way. */
  function goTo(address: string): void {
    const { navigation } = window as { navigation?: Navigation }
    const at = navigation?.currentEntry?.index ?? -1
    const near = navigation?.entries().find(({ url, index }) => url === address && Math.abs(index - at) === 1)
    if (near) navigation!.traverseTo(near.key)
    else location.assign(address)
  }

  let update = 0
  const fail = (source: 'error' | 'rejection' | 'load' | 'update', error: unknown, place?: { file?: string; line?: number; column?: number }): void => {
    const isError = error instanceof Error
    const stack = isError ? error.stack ?? '' : ''
    send({ type: 'error', source, message: cut(isError ? `${error.name}: ${error.message}` : typeof error === 'string' ? error : inspect(error)), stack: cut(stack), at: now(), update, shows: hasContent(), ...(place ?? placeOf(stack)) })
  }

  const began = Promise.withResolvers<void>()
  const link: PageLink = {
    send, written, entered: began.promise, failed: (error) => fail('update', error),
    begins: (n) => { update = n },
    updated: (n) => afterFrame((at) => post({ type: 'painted', at, update: n })),
    listen: (to) => { handler = to; for (const message of early.splice(0)) to(message) },
  }
  Object.defineProperty(window, '__sayso', { value: link, configurable: false })

  /** What a method of the console writes; undefined where it writes nothing. */
  const wrap = (name: Wrapped, level: LogLevel, text: (args: unknown[]) => string | undefined): void => {
    const original = (console[name] as (...args: unknown[]) => void).bind(console)
    console[name] = (...args: unknown[]) => {
      original(...args)
      const said = text(args)
      if (said !== undefined) send({ type: 'log', level, text: said, at: now(), ...placeOf((new Error().stack ?? '').split('\n').slice(2).join('\n')) })
    }
  }
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as LogLevel[]) wrap(level, level, consoleText)
  for (const name of ['dir', 'group', 'groupCollapsed'] as const) wrap(name, 'log', (args) => consoleText(name === 'dir' ? args.slice(0, 1) : args))
  wrap('table', 'log', ([data, columns]) => cut(tableText(data, columns) ?? consoleText([data])))
  wrap('trace', 'log', (args) => consoleText([...args, (new Error().stack ?? '').split('\n').slice(3).join('\n')]))
  wrap('assert', 'error', ([holds, ...args]) => (holds ? undefined : consoleText(['Assertion failed:', ...args])))

  window.addEventListener('error', (event) => {
    if (event.target instanceof Element) {
      const address = event.target.getAttribute('src') ?? event.target.getAttribute('href') ?? ''
      if (event.target.tagName === 'LINK' && event.target.getAttribute('rel') === 'modulepreload') return
      if (event.target.tagName === 'SCRIPT') fail('load', address, {})
      else send({ type: 'log', level: 'error', note: 'not_loaded', text: cut(address), at: now() })
      return
    }
    const place = placeOf(`${event.filename}:${event.lineno}:${event.colno}`)
    fail('error', event.error ?? event.message, place.file ? place : undefined)
  }, true)
  window.addEventListener('unhandledrejection', (event) => fail('rejection', event.reason))

  const request = window.fetch
  window.fetch = async (...args) => {
    const address = args[0] instanceof Request ? args[0].url : String(args[0])
    try {
      const response = await request(...args)
      if (!response.ok) send({ type: 'log', level: 'warn', text: cut(`${response.status} ${response.statusText} ${address}`), at: now() })
      return response
    } catch (error) {
      send({ type: 'log', level: 'error', note: 'request_failed', text: cut(`${address}: ${error instanceof Error ? error.message : String(error)}`), at: now() })
      throw error
    }
  }
  const open = XMLHttpRequest.prototype.open
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, method: string, url: string | URL, ...rest: unknown[]) {
    this.addEventListener('error', () => send({ type: 'log', level: 'error', note: 'request_failed', text: cut(String(url)), at: now() }), { once: true })
    return (open as (...args: unknown[]) => void).call(this, method, url, ...rest)
  } as typeof XMLHttpRequest.prototype.open

  const told = (replaced = false): void => send({ type: 'navigated', path: location.pathname + location.search + location.hash, replaced })
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name].bind(history)
    history[name] = (...args: Parameters<History['pushState']>) => { original(...args); told(name === 'replaceState') }
  }
  window.addEventListener('popstate', () => told())
  window.addEventListener('hashchange', () => told())
  told()

  // Painted: the app's own code has run, something shows, and the frame with it is out.
  let entered = false
  let painted = false
  const look = (): void => {
    if (painted || !entered || !hasContent()) return
    painted = true
    observer.disconnect()
    afterFrame((at) => {
      if (!port) parent.postMessage(PAINTED, origin)
      post({ type: 'painted', at, update: 0 })
    })
  }
  const observer = new MutationObserver(look)
  observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['class', 'style', 'hidden'] })
  const enter = (): void => { entered = true; began.resolve(); look(); requestAnimationFrame(look) }
  Object.defineProperty(window, '__sayso_entered', { value: enter })
  // In a page that waits the app has not run by then.
  if (waiting === undefined) window.addEventListener('load', enter)
}
