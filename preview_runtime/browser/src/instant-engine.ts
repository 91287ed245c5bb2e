import { EarlyPage } from './instant/early-page.ts'
import { Events } from './engine/events.ts'
import { Failure, phrase, reasonOf } from './engine/phrase.ts'
import { Pointer } from './pointer.ts'
import { PreviewLink } from './preview-link.ts'
import { toldError, toldLog } from './instant/told.ts'
import type { Changes, EngineEvent, Fault, FileMap, Output, OutputFile, Phase, PreviewEngine } from './engine/engine.ts'
import type { Phrase } from './engine/phrase.ts'
import type { BuildResult } from './instant/compiler.ts'
import type { Ahead, Laid } from './instant/waiting-page.ts'
import type { Direct, FromWorker, ToWorker } from './instant/worker.ts'
import type { FromPage } from './preview/messages.ts'
import type { InstantOptions } from './instant-options.ts'

/** The path of the waiting page, served until the app is there: no app has a file of this name. */
const WAITING_PATH = '/@waiting.html'

/** A page that has painted nothing and reported nothing this long after it was opened has failed. */
const BLANK_MS = 8_000

/** How long a stuck page is left before its address is opened again: until then the browser may keep its frame's process, in which the new page would be stuck too. */
const PROCESS_END_MS = 3_000

/** The server's error code for a request without a session. */
const SIGN_IN = 'sign_in'

type Built = Extract<BuildResult, { status: 'built' }>

// Calls may come faster than they can be handled: waiting changes are joined into one, and a build runs while the
// previous one is being published.
/** Compiles in a Web Worker, serves from the preview host, updates the page in place. */
export class InstantEngine implements PreviewEngine {
  readonly kind = 'instant'
  readonly pointer = new Pointer({ toPage: (message) => this.#link.send(message), toWorker: (message) => this.#toWorker(message) })
  readonly #options: InstantOptions
  readonly #events = new Events()
  readonly #worker: Worker
  readonly #link: PreviewLink
  readonly #origin: string
  #path = '/'
  /** The folder of the project from which the front end is compiled. */
  #folder = ''
  #pending: { changes: Changes; complete: boolean; since: number; done: PromiseWithResolvers<void> } | undefined
  #answer: PromiseWithResolvers<{ result: BuildResult; direct: boolean }> | undefined
  #working = false
  #publishing: Promise<void> = Promise.resolve()
  /** Publications through this page under way: until they are done the worker publishes nothing by itself. */
  #deliveries = 0
  #publishes = 0
  readonly #answers = new Map<number, PromiseWithResolvers<boolean>>()
  #published = false
  /** The server has lost what was published: the next build publishes everything. */
  #lost = false
  #unpublished: { files: Record<string, OutputFile>; delete: string[] } = { files: {}, delete: [] }
  #complete = false
  /** A complete build is published, or about to be. */
  #whole = false
  /** Early output that could not be published yet. */
  #ahead: Ahead | undefined
  #laying = false
  /** The page that ran before the engine, until it is taken up or another one opened. */
  #earlyPage: EarlyPage | undefined
  #waiting: Laid | undefined
  /** What the page says while the worker is asked to begin it: the page may hear of that first. */
  #early: FromPage[] | undefined
  #opened = false
  #reopened = false
  #painted = false
  /** When the page that is shown was opened, in ms since the epoch. */
  #pageSince = 0
  /** The update with which, or after which, this page failed last; -1 for a page that did not. */
  #failedIn = -1
  #failed = false
  #hung = false
  /** The page in the frame takes modules from the update message itself. */
  #encloses = false
  #faulty = false
  #stopped = false
  #started = performance.now()
  #openedAt = 0
  #update = 0
  readonly #updates = new Map<number, number>()
  #blank: ReturnType<typeof setTimeout> | undefined

  constructor(options: InstantOptions) {
    this.#options = options
    this.#origin = new URL(options.previewUrl).origin
    this.#worker = new Worker(new URL('engine.worker.js', new URL(options.runtimeUrl, location.href)), { type: 'module', name: 'instant engine' })
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#fromWorker(data)
    this.#worker.onerror = (event) => this.#crash(event.message || phrase('engine.not_loaded'))
    this.#toWorker({ type: 'init', builder: location.origin, publishUrl: new URL(options.publishUrl, location.href).href, origin: this.#origin })
    this.#link = new PreviewLink({
      frame: options.frame, origin: this.#origin,
      message: (message) => this.#fromPage(message),
      connected: (line) => {
        this.#hung = this.#encloses = false
        this.#earlyPage?.begins()
        this.#toWorker({ type: 'line', port: line }, [line])
        this.#prepare(this.#waiting)
        this.pointer.connected()
      },
      hang: () => { this.#hung = true; options.frame.src = 'about:blank'; if (this.#opened) this.#events.emit({ type: 'hang' }) },
    })
    if (options.early) {
      this.#earlyPage = new EarlyPage(options.early.since)
      if (options.early.hello) this.#link.greet()
    }
  }

  on(listener: (event: EngineEvent) => void): () => void { return this.#events.on(listener) }

  start(files: FileMap, options: { complete: boolean } = { complete: true }): Promise<void> {
    this.#started = performance.now()
    this.#phase('queued')
    return this.#enqueue({ put: files, delete: [] }, options.complete)
  }

  update(changes: Changes, options: { complete: boolean } = { complete: true }): Promise<void> {
    return this.#enqueue(changes, options.complete)
  }

  navigate(path: string): void {
    this.#path = path.startsWith('/') ? path : '/' + path
    if (!this.#opened) return
    if (this.#hung || !this.#link.send({ type: 'navigate', path: this.#path })) this.#open()
  }

  async reload(): Promise<void> {
    await this.#publishing
    if (this.#published) this.#open()
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#blank)
    this.#worker.terminate()
    for (const answer of this.#answers.values()) answer.reject(new Error('stopped'))
    this.#link.close()
    this.#pending?.done.resolve()
    this.#pending = undefined
    this.#options.frame.src = 'about:blank'
    await this.#publishing
    this.#events.clear()
  }

  #enqueue(changes: Changes, complete: boolean): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    if (this.#pending) {
      const { put, delete: gone } = this.#pending.changes
      for (const path of changes.delete) { delete put[path]; gone.push(path) }
      Object.assign(put, changes.put)
      this.#pending.complete = complete
    } else {
      this.#pending = { changes: { put: { ...changes.put }, delete: [...changes.delete] }, complete, since: performance.now(), done: Promise.withResolvers() }
    }
    const { promise } = this.#pending.done
    if (!this.#working) void this.#work()
    return promise
  }

  async #work(): Promise<void> {
    this.#working = true
    // Its addresses are to be known by the first build.
    if (this.#earlyPage?.isUnknown) await this.#earlyPage.introduced()
    while (this.#pending && !this.#stopped) {
      const { changes, complete, since, done } = this.#pending
      this.#pending = undefined
      this.#complete = complete
      this.#answer = Promise.withResolvers()
      const whole = this.#lost
      const may = this.#mayGoDirectly()
      // Recorded here: the page may have painted the update before this one hears of the build.
      if (may) this.#updates.set(may.update, performance.timeOrigin + since)
      this.#toWorker({ type: 'apply', changes, complete, whole, ...(may && { direct: may }) })
      const asked = performance.timeOrigin + performance.now()
      if (may?.path !== undefined) this.#early = []
      const { result, direct } = await this.#answer.promise
      if (may && !direct) { this.#answers.delete(may.id); this.#updates.delete(may.update) }
      if (result.status === 'built') {
        if (!this.#published) this.#phase('build')
        this.#whole = true
        if (may && direct) {
          if (may.path !== undefined) { this.#waiting = undefined; this.#opening(this.#started, asked) }
          this.#publishing = this.#publishing.then(() => this.#delivered(result, since, may.id))
        } else {
          this.#deliveries++
          this.#publishing = this.#publishing.then(() => this.#deliver(result, since, whole)).finally(() => { this.#deliveries-- })
        }
        void this.#publishing.then(() => done.resolve())
      } else {
        if (result.status === 'fault') this.#fault(result.fault)
        else if (result.ahead) this.#lay(result.ahead)
        done.resolve()
      }
      const early = this.#early ?? []
      this.#early = undefined
      for (const message of early) this.#fromPage(message)
    }
    this.#working = false
  }

  /** Publishes output that is certain before the app is complete, one piece at a time; what comes meanwhile is joined into one. */
  #lay(ahead: Ahead): void {
    if (this.#whole || this.#stopped) return
    const before = ahead.page === undefined ? this.#ahead : undefined
    this.#ahead = before ? { page: before.page, files: { ...before.files, ...ahead.files }, packages: [...before.packages, ...ahead.packages], preloads: [...before.preloads, ...ahead.preloads] } : ahead
    if (this.#laying) return
    this.#laying = true
    this.#publishing = this.#publishing.then(async () => {
      this.#laying = false
      const next = this.#ahead
      // The complete output is about to be published: a part would only delay it.
      if (!next || this.#whole || this.#stopped) return
      this.#ahead = undefined
      await this.#layOut(next)
    })
  }

  async #layOut({ page, files, packages, preloads }: Ahead): Promise<void> {
    if (!this.#options.mayPublish() || (page === undefined && !this.#waiting)) return
    const all = page === undefined ? files : { ...files, [WAITING_PATH]: { type: 'text/html', body: page } }
    try {
      await this.#publish({ replace: page !== undefined, files: all, delete: [] })
    } catch {
      // This only saves time: the complete build publishes everything, and reports any error.
      if (this.#waiting) this.#waiting.spoiled = true
      return
    }
    if (this.#stopped) return
    if (page !== undefined) {
      this.#earlyPage = undefined
      this.#waiting = { packages, preloads, spoiled: false }
      this.#link.disconnect()
      this.#options.frame.src = new URL(WAITING_PATH, this.#options.previewUrl).href
    } else if (this.#waiting) {
      this.#waiting.packages.push(...packages)
      this.#waiting.preloads.push(...preloads)
      if (this.#link.connected) this.#prepare({ packages, preloads })
    }
  }

  #prepare(what: Pick<Laid, 'packages' | 'preloads'> | undefined): void {
    if (what) this.#link.send({ type: 'prepare', packages: what.packages, preloads: what.preloads })
  }

  /** Whether the server had it already; true for those who may publish nothing, and see what it has. */
  #publish(output: Output): Promise<boolean> {
    if (!this.#options.mayPublish()) return Promise.resolve(true)
    const id = ++this.#publishes
    const answer = this.#expect(id).finally(() => this.#answers.delete(id))
    this.#toWorker({ type: 'publish', id, output })
    return answer
  }

  #expect(id: number): Promise<boolean> {
    const answer = Promise.withResolvers<boolean>()
    this.#answers.set(id, answer)
    return answer.promise
  }

  /** Numbers for an update that the worker sends to the page by itself, when nothing else is waiting. */
  #mayGoDirectly(): Direct | undefined {
    const whole = this.#options.mayPublish() && Object.keys(this.#unpublished.files).length + this.#unpublished.delete.length === 0 && !this.#lost
    if (!whole || this.#deliveries > 0 || !this.#link.connected || this.#hung || (this.#failed && !this.#painted)) return undefined
    if (!this.#published && (!this.#waiting || this.#waiting.spoiled || this.#whole || this.#laying || this.#ahead || this.#path !== '/')) return undefined
    const id = ++this.#publishes
    // Rejections are handled once the build has been reported.
    this.#expect(id).catch(() => undefined)
    return { id, update: ++this.#update, enclosed: this.#encloses, ...(!this.#published && { path: this.#path }) }
  }

  /** The worker publishes and has told the page. A page that broke meanwhile is reloaded. */
  async #delivered(result: Built, since: number, id: number): Promise<void> {
    try { await this.#answers.get(id)?.promise } catch (error) {
      this.#undelivered(result.files, result.delete, error)
      return
    } finally { this.#answers.delete(id) }
    if (this.#stopped) return
    if (!this.#published) {
      this.#published = true
      this.#events.emit({ type: 'url', url: this.#options.previewUrl })
    }
    this.#clear()
    if (this.#hung || (this.#failed && !this.#painted)) this.#open(since)
  }

  #undelivered(files: Record<string, OutputFile>, gone: string[], error: unknown): void {
    if (this.#stopped) return
    const { code } = error as { code?: string }
    if (code === 'preview_gone') {
      // The server was restarted, or dropped the output to make room: the next build publishes everything.
      if (this.#lost) return
      this.#lost = true
      this.#unpublished = { files: {}, delete: [] }
      void this.#enqueue({ put: {}, delete: [] }, this.#pending?.complete ?? this.#complete)
      return
    }
    this.#unpublished = { files: { ...this.#unpublished.files, ...files }, delete: gone }
    this.#fault({ kind: 'platform', code: 'publish', says: phrase('engine.publish', { reason: reasonOf(error) }) })
  }

  #clear(): void {
    if (!this.#faulty) return
    this.#faulty = false
    this.#events.emit({ type: 'cleared' })
  }

  async #deliver(result: Built, since: number, whole: boolean): Promise<void> {
    // A server that has lost the rest cannot use a mere difference: everything comes next.
    if (this.#stopped || (this.#lost && !whole)) return
    const replace = !this.#published || whole
    // Files that an earlier attempt could not publish are included.
    const files = { ...this.#unpublished.files }
    for (const path of result.delete) delete files[path]
    Object.assign(files, result.files)
    const gone = [...new Set([...this.#unpublished.delete, ...result.delete])].filter((path) => !(path in files))
    let same = false
    if (Object.keys(files).length + gone.length > 0 || replace) {
      try {
        same = await this.#publish({ replace, files, delete: gone })
        this.#unpublished = { files: {}, delete: [] }
      } catch (error) {
        this.#undelivered(files, gone, error)
        return
      }
    }
    if (this.#stopped) return
    this.#clear()
    if (this.#lost) {
      // Updates were lost on the way: the page shows something older than what is served.
      this.#lost = false
      this.#open(since)
    } else if (!this.#published) {
      this.#published = true
      this.#events.emit({ type: 'url', url: this.#options.previewUrl })
      this.#begin(result, same)
    } else this.#show(result, since)
  }

  #show(result: Built, since: number): void {
    // A page that never came up, or is stuck, is not worth repairing in place.
    if (this.#hung || (this.#failed && !this.#painted)) { this.#open(since); return }
    if (result.hot.type === 'none') { this.#events.emit({ type: 'painted', ms: performance.now() - since, update: true, faulty: true }); return }
    const update = ++this.#update
    this.#updates.set(update, performance.timeOrigin + since)
    if (result.hot.type === 'reload') { this.#open(since); return }
    // A page that has not reported itself yet may have asked for its modules already.
    if (!this.#link.send({ type: 'update', update, hot: result.hot })) this.#open(since)
  }

  /** The first page: the one that runs already, if it shows just this; the waiting one, if it can begin with this; or a new one. */
  #begin({ start, digest }: Built, same: boolean): void {
    const said = same && !this.#hung && this.#path === '/' ? this.#earlyPage?.takenUp(digest) : undefined
    if (said) { this.#takeUp(this.#earlyPage!.since, said); return }
    const waiting = this.#waiting
    const late = this.#ahead
    this.#waiting = this.#ahead = undefined
    if (!waiting || this.#hung) { this.#open(); return }
    this.#opening(this.#started)
    if (start && !waiting.spoiled && late?.page === undefined && this.#path === '/' && this.#link.connected) {
      this.#link.send({ type: 'go', path: this.#path, entries: start.entries, preloads: [...late?.preloads ?? [], ...start.preloads] })
      return
    }
    // Replaces the waiting page in the history, so that nobody comes back to it.
    this.#link.disconnect()
    this.#options.frame.contentWindow?.location.replace(new URL(this.#path, this.#options.previewUrl).href)
  }

  #takeUp(since: number, said: FromPage[]): void {
    this.#opening(since - performance.timeOrigin, since)
    for (const message of said) this.#fromPage(message)
  }

  /** Reloads the page. A page that hangs keeps its process busy: it is replaced by an empty one first. */
  #open(since?: number): void {
    const { frame, previewUrl } = this.#options
    const address = new URL(this.#path, previewUrl).href
    this.#opening(since === undefined ? (this.#opened ? performance.now() : this.#started) : since)
    this.#link.disconnect()
    if (this.#hung) {
      this.#hung = false
      frame.src = 'about:blank'
      setTimeout(() => { if (!this.#stopped) frame.src = address }, PROCESS_END_MS)
    } else frame.src = address
  }

  #opening(since: number, pageSince = performance.timeOrigin + performance.now()): void {
    this.#earlyPage = undefined
    this.#painted = this.#failed = false
    this.#failedIn = -1
    this.#openedAt = since
    this.#pageSince = pageSince
    this.#reopened = this.#opened
    this.#opened = true
    this.#updates.clear()
    this.#phase('start')
    clearTimeout(this.#blank)
    this.#blank = setTimeout(() => this.#stillBlank(), BLANK_MS)
  }

  #stillBlank(): void {
    if (this.#painted || this.#failed || this.#hung || document.hidden) return
    this.#events.emit({ type: 'fault', fault: { kind: 'runtime', code: 'blank', says: phrase('engine.blank') } })
  }

  #fromPage(message: FromPage): void {
    if (this.pointer.hear(message)) return
    if (message.type === 'encloses') { this.#encloses = true; return }
    if (message.type === 'build') this.#toWorker({ type: 'continue', versions: message.build.versions })
    if (this.#earlyPage) { this.#earlyPage.hear(message); return }
    if (message.type === 'navigated' && message.path === WAITING_PATH) return
    // The app has not begun: errors of a package are reported again by the page that is opened instead.
    if (!this.#opened && message.type !== 'log') {
      if (this.#early) this.#early.push(message)
      else if (this.#waiting && message.type === 'error') this.#waiting.spoiled = true
      return
    }
    if (message.type === 'log') this.#events.emit(toldLog(message, this.#place))
    else if (message.type === 'navigated') {
      this.#path = message.path
      this.#events.emit({ type: 'navigated', path: message.path, replaced: message.replaced })
    } else if (message.type === 'painted') {
      if (message.at >= this.#pageSince) this.#paint(message.update, message.at)
    } else if (message.type === 'error') {
      // What the page before this one said last may arrive late: it is logged, and is no fault of what is shown.
      const own = message.at >= this.#pageSince
      if (own) [this.#failed, this.#failedIn] = [true, message.update]
      const { log, fault } = toldError(message, this.#place, this.#painted)
      this.#events.emit(log)
      if (own) this.#events.emit({ type: 'fault', fault })
    }
  }

  /** A file by the path that the person knows: the page knows only paths in the front end's folder. */
  readonly #place = (file: string): string => (this.#folder === '' ? file : `${this.#folder}/${file}`)

  #paint(update: number, at: number): void {
    if (update === 0) {
      if (this.#painted) return
      this.#painted = true
      clearTimeout(this.#blank)
      const ms = at - (performance.timeOrigin + this.#openedAt)
      this.#phase('painted')
      // A page that threw before it had painted anything may have been put right by an update that came meanwhile.
      const newest = Math.max(0, ...this.#updates.keys())
      this.#events.emit({ type: 'painted', ms, update: this.#reopened, faulty: this.#failedIn >= newest })
      return
    }
    const since = this.#updates.get(update)
    if (since === undefined) return
    for (const n of this.#updates.keys()) if (n <= update) this.#updates.delete(n)
    this.#events.emit({ type: 'painted', ms: at - since, update: true, faulty: this.#failedIn >= update })
  }

  #fromWorker(message: FromWorker): void {
    if (message.type === 'ready') this.#phase('boot')
    else if (message.type === 'result') {
      this.#folder = message.folder ?? ''
      this.#answer?.resolve({ result: message.result, direct: message.direct })
    } else if (message.type === 'published') this.#heardBack(message)
    else if (message.type === 'located') this.pointer.answered(message)
    else if (message.type === 'crash') this.#crash(message.message)
    else if (message.type === 'need') {
      if (!this.#published) this.#phase('dependencies')
      this.#options.dependencies(message.request).then(
        (set) => {
          this.#toWorker({ type: 'dependencies', id: message.id, set })
          // With the packages ready the waiting page can open, even if the next file takes its time.
          if (!this.#pending && !this.#complete && !this.#whole) void this.#enqueue({ put: {}, delete: [] }, false)
        },
        (error: unknown) => this.#toWorker({ type: 'dependencies', id: message.id, error: { code: (error as { code?: string }).code ?? 'dependencies', says: reasonOf(error) } }),
      )
    }
  }

  #heardBack({ id, same = false, error }: Extract<FromWorker, { type: 'published' }>): void {
    const answer = this.#answers.get(id)
    if (error?.code === SIGN_IN) this.#options.signedOut()
    if (error) answer?.reject(new Failure(error.code, error.says))
    else answer?.resolve(same)
  }

  #crash(text: string | Phrase): void {
    this.#events.emit({ type: 'log', level: 'error', text, at: Date.now() })
    const fault: Fault = { kind: 'platform', code: 'engine', says: phrase('engine.crashed') }
    if (this.#answer) this.#answer.resolve({ result: { status: 'fault', fault }, direct: false })
    else this.#fault(fault)
  }

  #fault(fault: Fault): void {
    this.#faulty = true
    this.#events.emit({ type: 'fault', fault })
  }

  #phase(phase: Phase): void { this.#events.emit({ type: 'phase', phase, ms: performance.now() - this.#started }) }

  #toWorker(message: ToWorker, transfer: Transferable[] = []): void { if (!this.#stopped) this.#worker.postMessage(message, transfer) }
}
