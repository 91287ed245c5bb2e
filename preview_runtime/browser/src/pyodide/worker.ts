/** Runs an app's Python, and answers requests with it. One interpreter for all starts of an app; fresh modules each time. */
import source from '../../../app_server.py'
import looking from '../../../containers/data/sqlite_look.py'
import { AppFiles, type MemoryFiles } from './app-files.ts'
import { PYTHON_CONNECT } from './messages.ts'
import type { FileMap } from '../engine/engine.ts'
import type { FromPython, PythonTrouble, ToPython } from './messages.ts'

const ROOT = '/app'
const FLUSH_MS = 30
/** Lines of one flush; an app that writes more is cut short. */
const MOST_LINES = 400
const MOST_CHARACTERS = 8_000

interface PyProxy { toJs(options?: object): unknown; destroy(): void }
interface Server {
  start(start: string): Promise<string | undefined>
  ask(method: string, path: string, query: string, headers: string, body: Uint8Array): Promise<PyProxy>
}
interface Pyodide {
  FS: MemoryFiles
  toPy(value: unknown): unknown
  runPython(code: string, options?: { globals?: unknown; filename?: string }): unknown
  loadPackage(wheels: string[], options: object): Promise<unknown>
}
type Start = Extract<ToPython, { type: 'start' }>
type Ask = Extract<ToPython, { type: 'ask' }>
type Look = Extract<ToPython, { type: 'look' }>

let port: MessagePort
let pyodide: Pyodide
let server: Server | undefined
let data: AppFiles
let written = new Map<string, string | Uint8Array>()
let work: Promise<void> = Promise.resolve()
const lines: { stream: 'stdout' | 'stderr'; text: string }[] = []
let flushing: ReturnType<typeof setTimeout> | undefined

const post = (message: FromPython): void => port.postMessage(message)

addEventListener('message', ({ data, ports: [given] }) => {
  if (data !== PYTHON_CONNECT || !given) return
  port = given
  port.onmessage = ({ data: message }: MessageEvent<ToPython>) => take(message)
}, { once: true })

function take(message: ToPython): void {
  if (message.type === 'ping') post({ type: 'pong' })
  else if (message.type === 'ask') void answer(message)
  else if (message.type === 'look') then(() => look(message))
  else if (message.type === 'forget') then(() => data?.forget())
  else then(() => start(message))
}

function then(step: () => Promise<void> | void): void {
  work = work.then(step).catch((error: unknown) => { flush(); post({ type: 'broken', message: String((error as Error).message ?? error).slice(0, MOST_CHARACTERS) }) })
}

async function start({ runtime, wheels, files, kept, start: app }: Start): Promise<void> {
  server ??= await boot(runtime, wheels, kept)
  write(files)
  post({ type: 'phase', phase: 'start' })
  const trouble = await server.start(JSON.stringify(app))
  flush()
  keep()
  post({ type: 'started', trouble: trouble === undefined ? null : JSON.parse(trouble) as PythonTrouble })
}

async function boot(runtime: string, wheels: string[], kept: Start['kept']): Promise<Server> {
  post({ type: 'phase', phase: 'boot' })
  const { loadPyodide } = await import(/* the preview's host has it */ new URL(`${runtime}pyodide.mjs`, location.href).href) as { loadPyodide(options: object): Promise<Pyodide> }
  pyodide = await loadPyodide({
    indexURL: new URL(runtime, location.href).href, env: { HOME: ROOT, PORT: '8000', PYTHONDONTWRITEBYTECODE: '1' },
    stdout: (text: string) => line('stdout', text), stderr: (text: string) => line('stderr', text),
  })
  post({ type: 'phase', phase: 'dependencies' })
  if (wheels.length > 0) await pyodide.loadPackage(wheels.map((wheel) => new URL(wheel, location.href).href), { checkIntegrity: false, messageCallback() {} })
  pyodide.FS.mkdirTree(ROOT)
  data = new AppFiles(pyodide.FS, ROOT, () => new Set(written.keys()))
  data.restore(kept)
  const globals = pyodide.toPy({ __name__: 'sayso_app_server' })
  pyodide.runPython(source, { globals, filename: '/sayso/app_server.py' })
  return pyodide.runPython(`BrowserBridge(AppServer(${JSON.stringify(ROOT)}))`, { globals }) as Server
}

/** The project's files as they are; what the app wrote beside them stays. */
function write(files: FileMap): void {
  for (const path of written.keys()) if (!(path in files)) try { pyodide.FS.unlink(`${ROOT}/${path}`) } catch { /* the app deleted it */ }
  for (const [path, content] of Object.entries(files)) {
    if (written.get(path) === content) continue
    const whole = `${ROOT}/${path}`
    pyodide.FS.mkdirTree(whole.slice(0, whole.lastIndexOf('/')))
    pyodide.FS.writeFile(whole, content)
  }
  written = new Map(Object.entries(files))
}

async function answer({ number, method, path, query, headers, body }: Ask): Promise<void> {
  try {
    await work
    if (!server) throw new Error('not started')
    const answered = await server.ask(method, path, query, JSON.stringify(headers), body)
    const [status, said, content] = answered.toJs() as [number, string, Uint8Array]
    answered.destroy()
    // Before the answer: what a visitor was told is stored, is.
    keep()
    flush()
    post({ type: 'answer', number, status, headers: JSON.parse(said) as [string, string][], body: content })
  } catch (error) {
    line('stderr', String((error as Error).message ?? error))
    post({ type: 'answer', number, status: 500, headers: [['content-type', 'text/plain; charset=utf-8']], body: new TextEncoder().encode('Internal Server Error') })
  }
}

/** What the app keeps in SQLite, read by fresh names of ours: the app's own may be anything. */
function look({ number, asked }: Look): void {
  let said = '{"failed": "gone"}'
  try {
    const globals = pyodide.toPy({ __name__: 'sayso_sqlite_look', asked })
    pyodide.runPython(looking, { globals, filename: '/sayso/sqlite_look.py' })
    said = String(pyodide.runPython(`json.dumps(answer(${JSON.stringify(ROOT)}, json.loads(asked)))`, { globals }))
  } catch { /* Python without SQLite has no such files */ }
  post({ type: 'looked', number, answer: said })
}

function keep(): void {
  const { changed, gone } = data.changes()
  if (changed.length > 0 || gone.length > 0) post({ type: 'wrote', changed, gone })
}

function line(stream: 'stdout' | 'stderr', text: string): void {
  if (lines.length < MOST_LINES) lines.push({ stream, text: text.slice(0, MOST_CHARACTERS) })
  flushing ??= setTimeout(flush, FLUSH_MS)
}

function flush(): void {
  clearTimeout(flushing)
  flushing = undefined
  for (const { stream, text } of lines.splice(0)) post({ type: 'lines', stream, lines: [text] })
}
