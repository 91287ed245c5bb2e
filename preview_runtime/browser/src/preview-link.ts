import { CONNECT, HELLO, MAX_TEXT } from './preview/messages.ts'
import { LEFT_OUT, readStep } from './engine/recording.ts'
import { WHY } from './engine/walk.ts'
import { readDecided, readPointed, readRetyped, readShown } from './engine/reading.ts'
import type { LeftOut } from './engine/recording.ts'
import type { Why } from './engine/walk.ts'
import type { FromPage, Note, ToPage, ToRecorded, ToWalked } from './preview/messages.ts'

/** Once a second; an answer that takes three means that the page is stuck in its own code. */
const HEARTBEAT_MS = 1_000
const HANG_MS = 3_000
const MAX_PER_SECOND = 300
/**
 * More messages per second than this come only from a page that means harm: its capture script sends at most 200, and
 * the builder would freeze.
 */
const FLOOD_PER_SECOND = 3_000
/** What a walked page may tell of what it shows instead. */
const MAX_SAW = 10
const MAX_SAW_CHARACTERS = 250
const MAX_DRAWING = 4_000_000
/** How much of what can be seen a page may tell that somebody chooses from. */
const MAX_THERE = 200
/** What a walked page may tell of everything it shows. */
const MAX_SHOWN = 2_500
const MAX_SHOWN_CHARACTERS = 1_000

export interface PreviewLinkOptions {
  frame: HTMLIFrameElement
  /** The only origin that is listened to. */
  origin: string
  message(message: FromPage): void
  /** `line` also leads to the page, one way: the compiler uses it to announce updates. */
  connected(line: MessagePort): void
  hang(): void
}

/**
 * The builder's end of the line to the preview page. The page says hello to the builder's origin; the hello counts only
 * when both its origin and its window are the frame's; the port handed over in answer carries everything else.
 * A page that floods either line is removed and reported as hanging.
 */
export class PreviewLink {
  readonly #options: PreviewLinkOptions
  readonly #hello = (event: MessageEvent): void => this.#heard(event)
  #port: MessagePort | undefined
  #beat: ReturnType<typeof setInterval> | undefined
  #sent = 0
  #answered = 0
  #waitingSince = 0
  #second = 0
  #count = 0
  #messages = 0
  #flooded = false

  constructor(options: PreviewLinkOptions) {
    this.#options = options
    window.addEventListener('message', this.#hello)
  }

  /** Gives the line to a page that said hello before this was made. */
  greet(): void { this.#connect() }

  get connected(): boolean { return this.#port !== undefined }

  send(message: ToPage | ToWalked | ToRecorded): boolean {
    this.#port?.postMessage(message)
    return this.#port !== undefined
  }

  /** Forgets the previous page: the next hello starts anew. */
  disconnect(): void {
    clearInterval(this.#beat)
    this.#port?.close()
    this.#port = undefined
    this.#flooded = false
  }

  close(): void {
    this.disconnect()
    window.removeEventListener('message', this.#hello)
  }

  #heard(event: MessageEvent): void {
    // Any frame of the page can post to this window; messages that the builder (or an extension) posts to itself do not
    // count.
    if (event.source === window || this.#floods()) return
    if (event.data !== HELLO || event.origin !== this.#options.origin || event.source !== this.#options.frame.contentWindow) return
    this.#connect()
  }

  #connect(): void {
    this.disconnect()
    const { port1, port2 } = new MessageChannel()
    const line = new MessageChannel()
    this.#port = port1
    this.#sent = this.#answered = 0
    port1.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data)
    this.#options.frame.contentWindow!.postMessage(CONNECT, this.#options.origin, [port2, line.port2])
    this.#options.connected(line.port1)
    this.#beat = setInterval(() => this.#ping(), HEARTBEAT_MS)
  }

  /** Counts one more message; true when there are too many. */
  #floods(): boolean {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) { this.#second = second; this.#count = this.#messages = 0 }
    if (this.#flooded || ++this.#messages <= FLOOD_PER_SECOND) return this.#flooded
    this.disconnect()
    this.#flooded = true
    this.#options.frame.src = 'about:blank'
    this.#options.hang()
    return true
  }

  #ping(): void {
    // A hidden page is throttled, which is not the same as stuck.
    if (document.hidden) { this.#waitingSince = performance.now(); return }
    if (this.#sent === this.#answered) {
      this.#waitingSince = performance.now()
      this.send({ type: 'ping', n: ++this.#sent })
    } else if (performance.now() - this.#waitingSince > HANG_MS) {
      this.disconnect()
      this.#options.hang()
    }
  }

  #receive(data: unknown): void {
    if (this.#floods()) return
    const message = readMessage(data)
    if (!message) return
    if (message.type === 'pong') { this.#answered = message.n; return }
    if (++this.#count > MAX_PER_SECOND && message.type !== 'painted') return
    this.#options.message(message)
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_TEXT + 1) : '')
const texts = (value: unknown, count: number, characters: number): string[] => (Array.isArray(value) ? value.slice(0, count).map((one) => text(one).slice(0, characters)) : [])
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
const LEVELS = new Set(['log', 'info', 'warn', 'error', 'debug'])
const SOURCES = new Set(['error', 'rejection', 'load', 'update'])
const NOTES = new Set(['left_out', 'no_storage', 'not_loaded', 'request_failed'])

const MAX_VERSIONS = 2_000

function readBuild(data: unknown): FromPage | undefined {
  const { digest, versions } = (data ?? {}) as { digest?: unknown; versions?: { modules?: unknown; assets?: unknown } }
  const [modules, assets] = [readVersions(versions?.modules), readVersions(versions?.assets)]
  return typeof digest === 'string' && modules && assets ? { type: 'build', build: { digest: digest.slice(0, 100), versions: { modules, assets } } } : undefined
}

function readVersions(data: unknown): Record<string, number> | undefined {
  const all = typeof data === 'object' && data !== null ? Object.entries(data) : undefined
  if (!all || all.length > MAX_VERSIONS || !all.every(([name, n]) => name.length < 500 && Number.isSafeInteger(n) && Number(n) >= 0)) return undefined
  return Object.fromEntries(all) as Record<string, number>
}

/** A message of the page with every field checked, or undefined. */
export function readMessage(data: unknown): FromPage | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const raw = data as Record<string, unknown>
  const at = number(raw.at) ?? Date.now()
  const file = typeof raw.file === 'string' ? raw.file.slice(0, 300) : undefined
  const line = number(raw.line)
  switch (raw.type) {
    case 'log': return LEVELS.has(String(raw.level)) ? { type: 'log', level: raw.level as 'log', text: text(raw.text), at, file, line, ...(NOTES.has(String(raw.note)) && { note: raw.note as Note }) } : undefined
    case 'error': return SOURCES.has(String(raw.source)) ? { type: 'error', source: raw.source as 'error', message: text(raw.message), stack: text(raw.stack), at, update: number(raw.update) ?? 0, shows: raw.shows === true, file, line, column: number(raw.column) } : undefined
    case 'painted': return { type: 'painted', at, update: number(raw.update) ?? 0 }
    case 'navigated': return typeof raw.path === 'string' && raw.path.startsWith('/') ? { type: 'navigated', path: raw.path.slice(0, 2000), replaced: raw.replaced === true } : undefined
    case 'build': return readBuild(raw.build)
    case 'encloses': return { type: 'encloses' }
    case 'stepped': return { type: 'stepped', n: number(raw.n) ?? 0, ...(raw.why !== undefined && { why: WHY.has(String(raw.why)) ? raw.why as Why : 'threw' }), saw: texts(raw.saw, MAX_SAW, MAX_SAW_CHARACTERS), ...(Array.isArray(raw.shown) && { shown: texts(raw.shown, MAX_SHOWN, MAX_SHOWN_CHARACTERS) }) }
    case 'draws': return { type: 'draws' }
    case 'drawn': return { type: 'drawn', n: number(raw.n) ?? 0, svg: typeof raw.svg === 'string' && raw.svg.length <= MAX_DRAWING ? raw.svg : '' }
    case 'recorded': {
      const step = readStep(raw.step)
      return step && { type: 'recorded', key: number(raw.key) ?? 0, step }
    }
    case 'dropped': return { type: 'dropped', key: number(raw.key) ?? 0 }
    case 'left_out': return LEFT_OUT.has(String(raw.why)) ? { type: 'left_out', why: raw.why as LeftOut, words: text(raw.words).slice(0, MAX_SAW_CHARACTERS) } : undefined
    case 'aimed': return { type: 'aimed', pointed: readPointed(raw.pointed), chosen: raw.chosen === true, again: raw.again === true, ...(raw.shown !== undefined && { shown: readShown(raw.shown) }) }
    case 'decided': return { type: 'decided', n: number(raw.n) ?? 0, pointed: readPointed(raw.pointed), decided: readDecided(raw.decided) }
    case 'retyped': return { type: 'retyped', n: number(raw.n) ?? 0, pointed: readPointed(raw.pointed), retyped: readRetyped(raw.retyped) }
    case 'aiming': return { type: 'aiming' }
    case 'unaimed': return { type: 'unaimed' }
    case 'pointed': return { type: 'pointed' }
    case 'there': return { type: 'there', n: number(raw.n) ?? 0, steps: (Array.isArray(raw.steps) ? raw.steps.slice(0, MAX_THERE) : []).flatMap((one) => readStep(one) ?? []) }
    case 'pong': return { type: 'pong', n: number(raw.n) ?? 0 }
    default: return undefined
  }
}
