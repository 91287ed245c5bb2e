import { Events } from '../engine/events.ts'
import { phrase, reasonOf, verbatim } from '../engine/phrase.ts'
import { Tracebacks } from './tracebacks.ts'
import type { Changes, EngineEvent, Fault, FileMap, LogLevel, Phase, PreviewEngine } from '../engine/engine.ts'
import type { Phrase } from '../engine/phrase.ts'

/**
 * The state of a project's server part. The text of its fault is in the person's language already, or a phrase of ours. `ahead`: how many
 * starts come before this one. `asleep`: a request wakes it.
 */
export interface ServerState {
  status: 'absent' | 'pending' | 'running' | 'asleep' | 'failed'
  phase: Phase
  ahead: number
  fault: { kind: Fault['kind']; code: string; message: string | Phrase; file: string | null; line: number | null; frame: string | null } | null
}

/** A line of the app (`stdout`, `stderr`), of its build (`build`) or of Sayso (`sayso`). `at`: RFC 3339, "" for a line without a time. */
export interface ServerLine { stream: string; text: string | Phrase; at: string }

export interface ServerOptions {
  /** Where the app is served, e.g. `http://p-abc.preview.localhost:8000/`. */
  previewUrl: string
  /** The frame for the app; absent when another engine shows its front end. */
  frame?: HTMLIFrameElement
  /** Has the server run the files that the person sees; answers at once with its state. */
  bringUp(): Promise<ServerState>
  state(): Promise<ServerState>
  /**
   * Calls `take` with each line, the earlier ones first, until the returned function is called. After a lost connection
   * it may repeat lines.
   */
  followLogs(take: (line: ServerLine) => void): () => void
  /** Where the app runs. */
  kind?: 'docker' | 'pyodide'
  /** Calls `told` when the app ends by itself, where nobody else watches that. */
  watch?(told: () => void): void
  /** Milliseconds without a change of the files before it is restarted. */
  restMs?: number
}

const POLL_MS = 250
const MAX_TRIES = 6
/** A server is restarted once for a burst of typing, not for each key. */
const REST_MS = 400
/** Many servers write everything to standard error: only lines that look like trouble are marked. */
/** An error by its name: Python's log, and what Python, Node and Go say at last. */
const IS_BAD = /^(?:\x1b\[[\d;]*m)*(?:(?:ERROR|CRITICAL|FATAL)\b|(?:Uncaught )?[\w.]{0,80}(?:Error|Exception)\b[^:]{0,40}:|panic:)/
const LOOKS_BAD = /warn|error|exception|traceback|critical|fatal|panic/i

/**
 * Shows an app that a server runs. The server has the files already: a change of files only tells this engine that the
 * server has to be updated.
 */
export class ServerEngine implements PreviewEngine {
  readonly kind: 'docker' | 'pyodide'
  readonly #options: ServerOptions
  readonly #events = new Events()
  #path = '/'
  #started = 0
  #since: number | undefined
  #shown = false
  #painted = false
  #faulty = false
  #stopped = false
  #rest: ReturnType<typeof setTimeout> | undefined
  #wanted = 0
  #work: Promise<void> = Promise.resolve()
  #unfollow: (() => void) | undefined
  readonly #errors = new Tracebacks(({ text, at, file, line }) => this.#line('error', text, at, { file, line }))
  /** The times of the last lines that were told, the app's and ours. */
  readonly #last = { app: '', ours: '' }

  constructor(options: ServerOptions) {
    this.#options = options
    this.kind = options.kind ?? 'docker'
    options.watch?.(() => void options.state().then((state) => this.#follow(state, performance.now())))
    options.frame?.addEventListener('load', this.#loaded)
  }

  on(listener: (event: EngineEvent) => void): () => void { return this.#events.on(listener) }

  start(_files: FileMap, options: { complete: boolean } = { complete: true }): Promise<void> {
    this.#started = performance.now()
    this.#phase('queued')
    return options.complete ? this.#bringUp() : Promise.resolve()
  }

  /** Half an app cannot be served: nothing happens before the last file has arrived. */
  update(_changes: Changes, options: { complete: boolean } = { complete: true }): Promise<void> {
    if (!options.complete) return Promise.resolve()
    clearTimeout(this.#rest)
    return new Promise((resolve) => {
      this.#rest = setTimeout(() => void this.#bringUp().then(resolve), this.#shown ? this.#options.restMs ?? REST_MS : 0)
    })
  }

  navigate(path: string): void {
    this.#path = path.startsWith('/') ? path : '/' + path
    if (this.#shown) this.#show()
    // The app is another site, without a script of ours, so nobody reports its navigation.
    this.#events.emit({ type: 'navigated', path: this.#path })
  }

  async reload(): Promise<void> { await this.#bringUp() }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#rest)
    this.#unfollow?.()
    this.#errors.close()
    const { frame } = this.#options
    frame?.removeEventListener('load', this.#loaded)
    if (frame) frame.src = 'about:blank'
    this.#events.clear()
  }

  /** One after the other; of the waiting requests only the last is carried out. */
  #bringUp(): Promise<void> {
    const wanted = ++this.#wanted
    const since = performance.now()
    this.#work = this.#work.then(async () => {
      if (this.#stopped || wanted !== this.#wanted) return
      try {
        await this.#follow(await this.#asked(this.#options.bringUp), since)
      } catch (error) {
        this.#fault({ kind: 'platform', code: 'server', says: reasonOf(error) })
      }
    })
    return this.#work
  }

  async #follow(first: ServerState, since: number): Promise<void> {
    let told = ''
    for (let state = first; !this.#stopped; state = await this.#asked(this.#options.state)) {
      // A resting server is woken by the page that is opened.
      if (state.status === 'running' || state.status === 'asleep') { this.#running(since); return }
      if (state.status === 'failed' && state.fault) {
        const { kind, code, message, file, line, frame } = state.fault
        this.#listen()
        this.#fault({ kind, code, says: typeof message === 'string' ? verbatim(message) : message, ...(file !== null && { file }), ...(line !== null && { line }), ...(frame !== null && { frame }) })
        return
      }
      if (state.status !== 'pending') { this.#fault({ kind: 'platform', code: 'gone', says: phrase('engine.gone') }); return }
      const now = `${state.phase} ${state.ahead}`
      if (now !== told) {
        told = now
        this.#phase(state.phase)
        if (state.ahead > 0) this.#log('info', phrase('engine.ahead', { count: state.ahead }))
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  /**
   * Repeats a request that got no answer: the start of a container adds a network, and browsers abort requests when the
   * machine's networks change.
   */
  async #asked(ask: () => Promise<ServerState>): Promise<ServerState> {
    for (let left = MAX_TRIES; ; left--) {
      try { return await ask() } catch (error) {
        if (left <= 1 || this.#stopped || (error as { status?: number }).status !== 0) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, 2 * POLL_MS))
    }
  }

  #running(since: number): void {
    if (this.#faulty) { this.#faulty = false; this.#events.emit({ type: 'cleared' }) }
    if (!this.#shown) this.#events.emit({ type: 'url', url: this.#options.previewUrl })
    this.#phase('listening')
    this.#listen()
    this.#since = this.#shown ? since : this.#started
    this.#show()
    if (!this.#options.frame) this.#loaded()
  }

  #listen(): void { this.#unfollow ??= this.#options.followLogs(this.#tell) }

  readonly #tell = ({ stream, text, at }: ServerLine): void => {
    // Two clocks: that of the engine, which may be another machine's, and the builder's.
    const from = stream === 'stdout' || stream === 'stderr' ? 'app' : 'ours'
    if (this.#stopped || (at !== '' && at <= this.#last[from])) return
    if (at !== '') this.#last[from] = at
    if (typeof text !== 'string') { this.#events.emit({ type: 'log', level: 'warn', text, at: Date.now(), mark: true }); return }
    if (from === 'app' && this.#errors.take(text, at)) return
    const level = stream === 'build' ? 'debug' : stream !== 'stderr' ? 'log' : IS_BAD.test(text) ? 'error' : LOOKS_BAD.test(text) ? 'warn' : 'log'
    this.#line(level, text, at, stream === 'sayso' ? { mark: true } : {})
  }

  #line(level: LogLevel, text: string, at: string, more: { mark?: boolean; file?: string | undefined; line?: number | undefined }): void {
    this.#events.emit({ type: 'log', level, text, at: at === '' ? Date.now() : Date.parse(at), ...(more.mark && { mark: true }), ...(more.file !== undefined && { file: more.file, line: more.line! }) })
  }

  #show(): void {
    this.#shown = true
    const { frame, previewUrl } = this.#options
    if (frame) frame.src = new URL(this.#path, previewUrl).href
  }

  readonly #loaded = (): void => {
    if (!this.#shown || this.#stopped) return
    const ms = performance.now() - (this.#since ?? performance.now())
    if (this.#since !== undefined) this.#phase('painted')
    this.#since = undefined
    this.#events.emit({ type: 'painted', ms, update: this.#painted })
    this.#painted = true
  }

  #fault(fault: Fault): void {
    if (this.#stopped) return
    this.#faulty = true
    this.#events.emit({ type: 'fault', fault })
  }

  #log(level: 'info', text: Phrase): void { this.#events.emit({ type: 'log', level, text, at: Date.now() }) }

  #phase(phase: Phase): void { this.#events.emit({ type: 'phase', phase, ms: performance.now() - this.#started }) }
}
