import { phrase, verbatim } from '../engine/phrase.ts'
import { KeptData } from './kept.ts'
import { Looks } from './looks.ts'
import { PYTHON_CONNECT, PYTHON_HELLO } from './messages.ts'
import type { FileMap, Phase } from '../engine/engine.ts'
import type { Phrase } from '../engine/phrase.ts'
import type { ServerLine, ServerState } from '../server/server-engine.ts'
import type { FromPython, PythonStart, PythonTrouble, ToPython } from './messages.ts'

/** `runtime` and `wheels` are paths at the preview's host; `fault`: why the app cannot run, and the rest is empty. */
export interface PythonPlan { start: PythonStart | null; runtime: string; wheels: string[]; fault: ServerState['fault'] }

/** A visitor's request and the app's answer, as the builder's server passes them on. Bodies are base64. */
export interface RelayedAsk { number: number; method: string; path: string; query: string; headers: [string, string][]; body: string }
export interface RelayedAnswer { number: number; status: number; headers: [string, string][]; body: string }

export interface BrowserServerOptions {
  /** Under which the app's data is kept in this browser. */
  project: string
  previewUrl: string
  /** Saves what is typed, and asks what runs. */
  plan(): Promise<PythonPlan>
  files(): FileMap
  /** Has the preview's host ask this page; `taken` is called when another page takes its place. */
  relay(take: (ask: RelayedAsk) => void, taken: () => void): { ready: Promise<void>; send(answer: RelayedAnswer): void; close(): void }
  /** Milliseconds for one request, and for a start with its imports, during which Python says nothing. */
  limits?: { request: number; start: number; boot: number }
}

const LIMITS = { request: 10_000, start: 30_000, boot: 120_000 }
const CHECK_MS = 1_000
/** A start that takes longer is told in phases; the first one does. */
const FIRST_PATIENCE_MS = 100
const PATIENCE_MS = 2_000
/** Messages a second; more come only from a page that means harm. */
const FLOOD_PER_SECOND = 3_000
const MOST_KEPT = 1_000
const MOST_BODY = 10 * 1024 * 1024
const MOST_CHARACTERS = 8_000
/** Of what is shown of SQLite files: a page of a wide table. */
const MOST_LOOKED = 4 * 1024 * 1024
/** What Python in a browser cannot do, by what it says then. */
const LIMITS_SAID: readonly (readonly [RegExp, string])[] = [
  [/can't start new thread/, 'threads'],
  [/emscripten does not support processes|\[Errno (?:52|138)\]/i, 'processes'],
  [/\bsocket\b.*(?:not supported|Errno)|Host is unreachable|Name does not resolve|Temporary failure in name/i, 'sockets'],
]

/**
 * Runs a project's Python app in this browser: in a worker on the preview's own host, to which the server passes the
 * requests of that host. It has the calls of a server that runs elsewhere, for `ServerEngine`.
 */
export class BrowserServer {
  readonly #options: BrowserServerOptions
  readonly #limits: typeof LIMITS
  readonly #lines: ServerLine[] = []
  readonly #readers = new Set<(line: ServerLine) => void>()
  readonly #watchers = new Set<() => void>()
  readonly #waiting = new Set<number>()
  /** What the app keeps in SQLite, as long as its Python is there. */
  readonly stored = new Looks((number, asked) => this.#port ? this.#send({ type: 'look', number, asked }) : this.stored.end())
  #frame: HTMLIFrameElement | undefined
  #port: MessagePort | undefined
  #relay: ReturnType<BrowserServerOptions['relay']> | undefined
  /** What came while Python boots. */
  #held: RelayedAsk[] = []
  /** Another page answers in this one's place. */
  #displaced = false
  #state: ServerState = { status: 'absent', phase: 'queued', ahead: 0, fault: null }
  #phase: Phase = 'queued'
  #bringing = 0
  readonly #kept: KeptData
  /** What is being kept: answers wait for it. */
  #keeping: Promise<void> = Promise.resolve()
  /** What the interpreter was booted with. */
  #booted = ''
  #starting: PromiseWithResolvers<PythonTrouble | null> | undefined
  #work: Promise<void> = Promise.resolve()
  #heard = 0
  #second = 0
  #count = 0
  #check: ReturnType<typeof setInterval> | undefined
  #closed = false

  constructor(options: BrowserServerOptions) {
    this.#options = options
    this.#kept = new KeptData(options.project)
    this.#limits = options.limits ?? LIMITS
  }

  readonly bringUp = async (): Promise<ServerState> => {
    this.#bringing++
    this.#phase = 'queued'
    const work = this.#work = this.#work.then(() => this.#bring()).finally(() => { this.#bringing-- })
    await Promise.race([work, pause(this.#booted === '' ? FIRST_PATIENCE_MS : PATIENCE_MS)])
    return await this.state()
  }

  readonly state = async (): Promise<ServerState> => (this.#bringing === 0 ? this.#state : { status: 'pending', phase: this.#phase, ahead: 0, fault: null })

  readonly followLogs = (take: (line: ServerLine) => void): (() => void) => {
    for (const line of this.#lines) take(line)
    this.#readers.add(take)
    return () => { this.#readers.delete(take) }
  }

  /** Calls `told` when the app ends by itself. */
  readonly watch = (told: () => void): void => { this.#watchers.add(told) }

  /** Deletes what the app stored, and starts it anew. */
  async forget(): Promise<ServerState> {
    await this.#kept.clear()
    this.#send({ type: 'forget' })
    return await this.bringUp()
  }

  close(): void {
    this.#closed = true
    this.#end()
    this.#readers.clear()
    this.#watchers.clear()
  }

  async #bring(): Promise<void> {
    // An edit reaches every page: only the one that somebody is at takes the place back.
    if (this.#closed || (this.#displaced && !document.hasFocus())) return
    this.#displaced = false
    try {
      const plan = await this.#options.plan()
      if (plan.fault || !plan.start) { this.#fail(plan.fault ?? fault('platform', 'python', phrase('engine.gone'))); return }
      const asked = JSON.stringify([plan.runtime, plan.wheels])
      let kept: [string, Uint8Array][] = []
      if (asked !== this.#booted) {
        this.#end()
        // First of all: the page that answered before ends, and what it kept until then is what this one goes on with.
        this.#relay = this.#options.relay(this.#ask, this.#taken)
        await this.#relay.ready
        await this.#keeping
        kept = await this.#kept.load().catch(this.#unkept) ?? []
        if (this.#displaced) return
        await this.#open()
        this.#booted = asked
      }
      const starting = this.#starting = Promise.withResolvers<PythonTrouble | null>()
      this.#heard = performance.now()
      this.#send({ type: 'start', runtime: plan.runtime, wheels: plan.wheels, files: this.#options.files(), kept, start: plan.start })
      for (const asked of this.#held.splice(0)) this.#ask(asked)
      const trouble = await starting.promise
      if (trouble) { this.#fail(this.#explained(trouble)); return }
      this.#state = { status: 'running', phase: 'listening', ahead: 0, fault: null }
    } catch (error) {
      if (this.#closed) return
      if (this.#booted === '') this.#end()
      if (this.#state.status !== 'failed') this.#fail(fault('platform', 'python', error instanceof Error ? verbatim(error.message) : verbatim(String(error))))
    } finally { this.#starting = undefined }
  }

  #open(): Promise<void> {
    const { previewUrl } = this.#options
    const { origin } = new URL(previewUrl)
    const frame = this.#frame = document.createElement('iframe')
    frame.hidden = true
    frame.title = ''
    frame.setAttribute('aria-hidden', 'true')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const hello = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.origin !== origin || event.data !== PYTHON_HELLO) return
      removeEventListener('message', hello)
      clearTimeout(late)
      const { port1, port2 } = new MessageChannel()
      this.#port = port1
      port1.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data)
      frame.contentWindow!.postMessage(PYTHON_CONNECT, origin, [port2])
      resolve()
    }
    const late = setTimeout(() => { removeEventListener('message', hello); reject(new Error(previewUrl)) }, this.#limits.start)
    addEventListener('message', hello)
    frame.src = new URL('/@sayso/python.html', previewUrl).href
    document.body.append(frame)
    this.#check = setInterval(() => this.#look(), CHECK_MS)
    this.#phase = 'boot'
    return promise
  }

  /** Ends the interpreter: what it does at the moment ends with its page. */
  #end(): void {
    clearInterval(this.#check)
    this.#port?.close()
    this.#frame?.remove()
    this.#relay?.close()
    this.#port = this.#frame = this.#relay = undefined
    this.#booted = ''
    this.#waiting.clear()
    this.#held = []
    this.stored.end()
  }

  readonly #ask = (asked: RelayedAsk): void => {
    if (this.#booted === '') { this.#held.push(asked); return }
    if (this.#waiting.size === 0) this.#heard = performance.now()
    this.#waiting.add(asked.number)
    this.#send({ type: 'ask', ...asked, body: bytes(asked.body) })
  }

  readonly #unkept = (): undefined => { this.#line('sayso', phrase('engine.python.unkept')) }

  readonly #taken = (): void => {
    this.#displaced = true
    this.#stopped(fault('platform', 'taken', phrase('engine.python.taken')))
  }

  #receive(data: unknown): void {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) { this.#second = second; this.#count = 0 }
    if (++this.#count > FLOOD_PER_SECOND) { this.#stopped(fault('runtime', 'flood', phrase('engine.python.flood'))); return }
    const message = readPython(data)
    if (!message) return
    this.#heard = performance.now()
    switch (message.type) {
      case 'phase': this.#phase = message.phase; return
      case 'started': this.#starting?.resolve(message.trouble); return
      case 'broken': this.#stopped(fault('platform', 'python', phrase('engine.python.broken', { reason: message.message }))); return
      case 'lines': for (const text of message.lines) this.#line(message.stream, text); return
      case 'wrote':
        this.#keeping = this.#keeping.then(() => this.#kept.store(message.changed, message.gone)).catch(this.#unkept)
        return
      case 'answer':
        if (!this.#waiting.delete(message.number)) return
        void this.#keeping.then(() => this.#relay?.send({ number: message.number, status: message.status, headers: message.headers, body: base64(message.body) }))
        return
      case 'looked': this.stored.answered(message.number, message.answer); return
      case 'pong': return
    }
  }

  /** Once a second: Python that is asked something and says nothing for long is in a loop that has no end. */
  #look(): void {
    const busy = this.#starting !== undefined || this.#waiting.size > 0
    if (!busy) return
    this.#send({ type: 'ping' })
    const phase = this.#phase
    const limit = this.#starting === undefined ? this.#limits.request : phase === 'start' ? this.#limits.start : this.#limits.boot
    if (performance.now() - this.#heard <= limit) return
    const code = this.#starting === undefined ? 'python_loop' : 'python_start'
    this.#stopped(fault('runtime', code, phrase(code === 'python_loop' ? 'engine.python.loop' : 'engine.python.start', { seconds: Math.round(limit / 1_000) })))
  }

  #stopped(why: ServerState['fault']): void {
    this.#end()
    this.#fail(why)
    this.#starting?.reject(new Error(why?.code))
    for (const told of this.#watchers) told()
  }

  #explained({ message, file, line, frame }: PythonTrouble): ServerState['fault'] {
    const limit = LIMITS_SAID.find(([said]) => said.test(message))?.[1]
    const says = limit ? phrase(`engine.python.limit.${limit}`, { message }) : verbatim(message)
    return { ...fault('runtime', 'python_error', says)!, ...(file !== '' && { file, line, frame }) }
  }

  #fail(why: ServerState['fault']): void { this.#state = { status: 'failed', phase: this.#phase, ahead: 0, fault: why } }

  #send(message: ToPython): void { this.#port?.postMessage(message) }

  #line(stream: 'stdout' | 'stderr' | 'sayso', text: string | Phrase): void {
    const line = { stream, text, at: '' }
    this.#lines.push(line)
    if (this.#lines.length > MOST_KEPT) this.#lines.splice(0, this.#lines.length - MOST_KEPT)
    for (const take of this.#readers) take(line)
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

const fault = (kind: 'build' | 'runtime' | 'platform', code: string, message: Phrase): ServerState['fault'] => ({ kind, code, message, file: null, line: null, frame: null })

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : '')
const PHASES = new Set(['boot', 'dependencies', 'start'])

/** A message of the worker with every field checked, or undefined. */
export function readPython(data: unknown): FromPython | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const raw = data as Record<string, unknown>
  switch (raw.type) {
    case 'phase': return PHASES.has(String(raw.phase)) ? { type: 'phase', phase: raw.phase as 'boot' } : undefined
    case 'started': return { type: 'started', trouble: readTrouble(raw.trouble) }
    case 'broken': return { type: 'broken', message: text(raw.message) }
    case 'lines': return { type: 'lines', stream: raw.stream === 'stderr' ? 'stderr' : 'stdout', lines: (Array.isArray(raw.lines) ? raw.lines.slice(0, MOST_KEPT) : []).map(text) }
    case 'wrote': return { type: 'wrote', changed: pairs(raw.changed, (body) => body instanceof Uint8Array) as [string, Uint8Array][], gone: (Array.isArray(raw.gone) ? raw.gone : []).map(text) }
    case 'pong': return { type: 'pong' }
    case 'looked': return typeof raw.number === 'number' && typeof raw.answer === 'string' && raw.answer.length <= MOST_LOOKED ? { type: 'looked', number: raw.number, answer: raw.answer } : undefined
    case 'answer': {
      const { number, status, body } = raw
      if (typeof number !== 'number' || typeof status !== 'number' || !Number.isInteger(status)) return undefined
      const headers = pairs(raw.headers, (value) => typeof value === 'string').slice(0, 200) as [string, string][]
      if (!(body instanceof Uint8Array) || body.byteLength > MOST_BODY) return { type: 'answer', number, status: 500, headers: [], body: new Uint8Array() }
      return { type: 'answer', number, status, headers, body }
    }
    default: return undefined
  }
}

const pairs = (value: unknown, fits: (second: unknown) => boolean): [string, unknown][] => (Array.isArray(value) ? value : [])
  .filter((one): one is [string, unknown] => Array.isArray(one) && one.length === 2 && typeof one[0] === 'string' && fits(one[1]))

function readTrouble(value: unknown): PythonTrouble | null {
  if (typeof value !== 'object' || value === null) return null
  const raw = value as Record<string, unknown>
  return { message: text(raw.message), file: text(raw.file).slice(0, 300), line: typeof raw.line === 'number' ? raw.line : 0, frame: text(raw.frame) }
}

const bytes = (encoded: string): Uint8Array => Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0))

function base64(body: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < body.length; at += 32_768) binary += String.fromCharCode(...body.subarray(at, at + 32_768))
  return btoa(binary)
}
