import { Events } from '../engine/events.ts'
import { type Phrase, phrase, reasonOf, verbatim } from '../engine/phrase.ts'
import { bootContainer, BootFault } from './boot.ts'
import { containerTree } from './tree.ts'
import { Watched } from './watched.ts'
import type { WebContainer, WebContainerProcess } from '@webcontainer/api'
import type { Changes, EngineEvent, Fault, FileMap, Phase, PreviewEngine } from '../engine/engine.ts'

export interface WebContainerOptions {
  frame: HTMLIFrameElement
  apiKey?: string
  /** Another origin than the real service's, for tests and self-hosted replacements. */
  editorOrigin?: string
  workdirName?: string
  /** Why the project's packages may not be installed; null when they may. */
  refuses?: () => Promise<Phrase | null>
  /** Milliseconds a boot may take. */
  bootMs?: number
}

/** Text of one output event, at most. */
const MAX_OUTPUT = 8_000
// Terminal sequences for cursor movements and colours, and spinners that rewrite their line.
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|\r(?!\n)/g

/**
 * Runs the project with npm and its own tools in a WebContainer. It contacts a third party: the caller has to ask the
 * person first. When it cannot run, `start()` returns without throwing, and the emitted fault says why.
 */
export class WebContainerEngine implements PreviewEngine {
  readonly kind = 'webcontainer'
  readonly #options: WebContainerOptions
  readonly #events = new Events()
  #container: WebContainer | undefined
  #server: WebContainerProcess | undefined
  #watched: Watched | undefined
  #address: string | undefined
  #files: FileMap = {}
  #started = 0
  #updatedAt: number | undefined
  #painted = false
  #stopped = false
  #running = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: WebContainerOptions) {
    this.#options = options
    options.frame.addEventListener('load', this.#loaded)
  }

  on(listener: (event: EngineEvent) => void): () => void { return this.#events.on(listener) }

  start(files: FileMap, options: { complete: boolean } = { complete: true }): Promise<void> {
    this.#started = performance.now()
    this.#phase('queued')
    this.#files = { ...files }
    return this.#then(() => (options.complete ? this.#run() : Promise.resolve()))
  }

  update(changes: Changes, options: { complete: boolean } = { complete: true }): Promise<void> {
    return this.#then(async () => {
      const before = this.#files['package.json']
      // What came from the container is there already.
      const put = Object.fromEntries(Object.entries(changes.put).filter(([path, content]) => content !== this.#files[path]))
      const gone = changes.delete.filter((path) => path in this.#files)
      for (const path of gone) delete this.#files[path]
      Object.assign(this.#files, put)
      // npm needs the whole package.json and the tools need their configuration: nothing runs before the last file has
      // arrived.
      if (!this.#running) { if (options.complete) await this.#run(); return }
      this.#updatedAt = performance.now()
      await this.#write({ put, delete: gone })
      if (this.#files['package.json'] !== before && options.complete) await this.#install()
    })
  }

  navigate(path: string): void {
    if (this.#address !== undefined) this.#options.frame.src = new URL(path, this.#address).href
  }

  async reload(): Promise<void> {
    if (this.#address !== undefined) this.#options.frame.src = this.#options.frame.src || this.#address
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    this.#options.frame.removeEventListener('load', this.#loaded)
    this.#watched?.close()
    this.#server?.kill()
    this.#container?.teardown()
    this.#container = undefined
    this.#options.frame.src = 'about:blank'
    this.#events.clear()
  }

  /** One thing after the other: a write must not overtake the mount. */
  #then(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (this.#stopped) return
      try { await step() } catch (error) {
        if (this.#stopped) return
        this.#fault(error instanceof BootFault ? error.fault : { kind: 'platform', code: 'webcontainer', says: phrase('engine.webcontainer.failed', { reason: reasonOf(error) }) })
      }
    })
    return this.#work
  }

  async #run(): Promise<void> {
    if (!this.#container) {
      this.#phase('boot')
      const container = await bootContainer(this.#options)
      if (this.#stopped) { container.teardown(); return }
      this.#container = container
      container.on('server-ready', (_port, url) => this.#ready(url))
      container.on('error', ({ message }) => this.#fault({ kind: 'platform', code: 'webcontainer', says: verbatim(message) }))
      container.on('preview-message', (message) => this.#previewMessage(message))
    }
    await this.#container.mount(containerTree(this.#files))
    this.#running = true
    this.#watched ??= new Watched(this.#container.fs, () => void this.#then(() => this.#take()))
    if (!(await this.#install())) return
    this.#phase('start')
    const server = await this.#container.spawn('npm', ['run', 'dev'])
    this.#server = server
    this.#forward(server)
    void server.exit.then((code) => {
      if (this.#stopped || this.#server !== server) return
      this.#fault({ kind: 'runtime', code: 'server-exit', says: phrase('engine.webcontainer.exit', { code }) })
    })
  }

  async #install(): Promise<boolean> {
    this.#phase('dependencies')
    const held = await this.#options.refuses?.()
    if (held) {
      this.#fault({ kind: 'policy', code: 'package_held', says: held, file: 'package.json' })
      return false
    }
    const install = await this.#container!.spawn('npm', ['install', '--ignore-scripts'])
    this.#forward(install)
    const code = await install.exit
    if (code !== 0 && !this.#stopped) this.#fault({ kind: 'build', code: 'install', says: phrase('engine.webcontainer.install', { code }), file: 'package.json' })
    return code === 0
  }

  /** What the project's own tools wrote becomes the project's. */
  async #take(): Promise<void> {
    const changes = await this.#watched!.changes(this.#files)
    if (Object.keys(changes.put).length + changes.delete.length === 0 || this.#stopped) return
    for (const path of changes.delete) delete this.#files[path]
    Object.assign(this.#files, changes.put)
    this.#events.emit({ type: 'files', changes })
  }

  async #write({ put, delete: gone }: Changes): Promise<void> {
    const { fs } = this.#container!
    for (const path of gone) await fs.rm(path, { force: true })
    for (const [path, content] of Object.entries(put)) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      if (folder) await fs.mkdir(folder, { recursive: true })
      await fs.writeFile(path, content)
    }
  }

  #ready(url: string): void {
    this.#phase('listening')
    this.#address = url
    this.#painted = false
    this.#events.emit({ type: 'url', url })
    this.#options.frame.src = url
  }

  /** The page belongs to another origin and has no script of ours: its load event is the closest sign of a paint. */
  readonly #loaded = (): void => {
    if (this.#address === undefined || this.#stopped) return
    const update = this.#painted
    if (!this.#painted) { this.#painted = true; this.#phase('painted') }
    this.#events.emit({ type: 'painted', ms: performance.now() - (update ? this.#updatedAt ?? this.#started : this.#started), update })
  }

  #previewMessage(message: { type: string; message?: string; args?: unknown[]; stack?: string }): void {
    const text = (message.message ?? (message.args ?? []).map(String).join(' ')).slice(0, MAX_OUTPUT)
    this.#events.emit({ type: 'log', level: 'error', text: message.stack ? `${text}\n${message.stack}`.slice(0, MAX_OUTPUT) : text, at: Date.now() })
    if (message.type !== 'PREVIEW_CONSOLE_ERROR') this.#fault({ kind: 'runtime', code: 'error', says: verbatim(text) })
  }

  #forward(process: WebContainerProcess): void {
    const emit = (chunk: string): void => {
      const text = chunk.replace(ESCAPES, '').trimEnd().slice(0, MAX_OUTPUT)
      if (text !== '' && !this.#stopped) this.#events.emit({ type: 'log', level: /\b(?:error|ERR!)/i.test(text) ? 'error' : 'info', text, at: Date.now() })
    }
    // Ends with the process; a teardown aborts it, which is no error.
    process.output.pipeTo(new WritableStream({ write: emit })).catch((error: unknown) => { if (!this.#stopped) emit(String(error)) })
  }

  #fault(fault: Fault): void { this.#events.emit({ type: 'fault', fault }) }

  #phase(phase: Phase): void { this.#events.emit({ type: 'phase', phase, ms: performance.now() - this.#started }) }
}
