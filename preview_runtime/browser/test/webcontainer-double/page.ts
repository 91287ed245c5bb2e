/**
 * Stands in for the page behind `@webcontainer/api`: the real client talks to it over the same line (Comlink over the
 * port that is posted to it). npm and the dev server are played; what the dev server serves is the project's index.html.
 * `?fail=boot` refuses to boot, `?fail=silent` never answers, `?fail=install` lets npm install fail. `?show=` is the
 * address in front of the page's text that the dev server is said to have; without it, a data address. A dev script that
 * begins with `generate` has a tool beside the server that writes what it makes of index.html to src/headings.json, as
 * generators of routes do, and removes src/old.js.
 */
import * as Comlink from 'comlink'
import { clean, DoubleFiles } from './files.ts'

interface Command { command: string; args?: string[] }
type Output = ((data: Uint8Array | null) => unknown) | undefined

const told = new URLSearchParams(location.search)
const failing = told.get('fail') ?? new URLSearchParams(location.hash.slice(1)).get('fail')
const show = told.get('show') ?? 'data:text/html;charset=utf-8,'
const encoder = new TextEncoder()

function instance(workdirName: string) {
  const files = new DoubleFiles()
  const listeners = new Map<string, Set<(...args: unknown[]) => unknown>>()
  const running = new Set<() => void>()
  const emit = (event: string, ...args: unknown[]): void => { for (const listener of listeners.get(event) ?? []) void listener(...args) }

  const serve = (): void => {
    const html = files.files.get('index.html')
    // A frame of another origin may open a data address; a blob of this origin it may not.
    const address = `${show}${encodeURIComponent(html ? new TextDecoder().decode(html) : '<h1>no index.html</h1>')}`
    emit('port', 5173, 'open', address)
    emit('server-ready', 5173, address)
  }

  const text = (path: string): string => new TextDecoder().decode(files.files.get(path) ?? new Uint8Array())
  const generate = (): void => {
    files.mkdir('src')
    files.writeFile('src/headings.json', JSON.stringify([...text('index.html').matchAll(/<h1>(.*?)<\/h1>/g)].map(([, heading]) => heading)))
    files.mkdir('node_modules/.cache')
    files.writeFile('node_modules/.cache/made', 'of no project')
    files.rm('src/old.js', { force: true })
  }

  const run = ({ command, args = [] }: Command, _out: Output, _err: Output, output: Output) => {
    const exit = Promise.withResolvers<number>()
    const say = (text: string): void => { void output?.(encoder.encode(text)) }
    const end = (code: number): void => { running.delete(kill); void output?.(null); exit.resolve(code) }
    const kill = (): void => end(143)
    running.add(kill)
    const line = [command, ...args].join(' ')
    queueMicrotask(() => {
      if (line === 'npm install --ignore-scripts') {
        if (failing === 'install') { say('npm error code E404\r\n'); end(1) } else { say('\u001b[1madded 3 packages\u001b[0m\r\n'); end(0) }
      } else if (line === 'npm run dev') {
        say('  VITE ready\r\n')
        const generates = /"dev":\s*"generate/.test(text('package.json'))
        const changed = (): void => { serve(); if (generates) generate() }
        changed()
        files.changed = (path) => { if (path === 'index.html') changed() }
      } else { say(`jsh: command not found: ${command}\r\n`); end(127) }
    })
    return Comlink.proxy({ onExit: exit.promise, kill, write: say, resize: () => undefined })
  }

  return Comlink.proxy({
    fs: () => Comlink.proxy({
      readFile: (path: string, encoding?: string) => files.readFile(path, encoding), writeFile: (path: string, data: string | Uint8Array) => files.writeFile(path, data),
      mkdir: (path: string) => files.mkdir(path), rm: (path: string, options?: { force?: boolean }) => files.rm(path, options), readdir: (path: string) => files.readdir(path),
      watch: (path: string, _options: unknown, listener: (event: string, name: string) => unknown) => {
        const watcher = { path: clean(path), run: listener }
        files.watchers.add(watcher)
        return Comlink.proxy({ close: () => { files.watchers.delete(watcher) } })
      },
    }),
    previewScript: () => Comlink.proxy({}),
    runtimeInfo: () => ({ path: '/usr/local/bin:/usr/bin:/bin', cwd: `/home/${workdirName}` }),
    loadFiles: (payload: Uint8Array, options?: { mountPoints?: string }) => files.mount(payload, options?.mountPoints ?? ''),
    on: (event: string, listener: (...args: unknown[]) => unknown) => {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(listener))
      return Comlink.proxy(() => set.delete(listener))
    },
    run, setPreviewScript: () => undefined, setCredentials: () => undefined,
    teardown: () => { for (const kill of [...running]) kill() },
  })
}

const { port1, port2 } = new MessageChannel()
Comlink.expose({
  build: (options: { workdirName?: string }) => {
    if (failing === 'boot') throw new Error('boot refused')
    return instance(options.workdirName ?? 'project')
  },
}, port1)
if (failing !== 'silent') parent.postMessage({ type: 'init' }, location.ancestorOrigins?.[0] ?? new URL(document.referrer).origin, [port2])
