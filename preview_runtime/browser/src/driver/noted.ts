/**
 * What an app does that nobody sees on the page: what it asks of the person and of the browser, and what it listens to.
 * Each is one line of what the page shows.
 */

const MAX_NOTES = 200
const notes: string[] = []
const listening = new Map<string, { listener: unknown; capture: boolean }[]>()

export function note(text: string): void {
  if (notes.length < MAX_NOTES) notes.push(`${text.slice(0, 200)}\t`)
}

export function noted(): string[] {
  const listened = [...listening].filter(([, all]) => all.length > 0).map(([what, all]) => `\tlistens ${what} ${all.length}`)
  return [...notes, ...listened.sort()]
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
  const { fetch } = window
  window.fetch = (...given) => {
    const [to, init] = given
    note(`sends ${init?.method ?? 'GET'} ${to instanceof Request ? to.url : String(to)}`)
    return fetch(...given)
  }
  for (const [name, target] of [['window', window], ['document', document]] as const) listens(name, target)
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
