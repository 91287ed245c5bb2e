import type { Hot, HotModule, HotUpdate } from '../instant/scripts/hot.ts'
import type { ToPicker } from './messages.ts'
import { importMap, provide, release, run, tell } from './sent-modules.ts'
export { heldModule } from './sent-modules.ts'
export { placed, placedElement, placeOfProps, isNewest } from './elements.ts'
import { begin, prepare } from './waiting.ts'

/** Hot replacement in the preview page: `import.meta.hot`, stylesheets, and the updates the builder sends. */

type Callback = (module: Record<string, unknown> | undefined) => void
interface Acceptance { of: string[]; run(modules: (Record<string, unknown> | undefined)[]): void }
interface Record_ { acceptances: Acceptance[]; data: Record<string, unknown>; listens: Map<string, Set<(payload: unknown) => void>>; disposers: ((data: Record<string, unknown>) => void)[]; pruners: ((data: Record<string, unknown>) => void)[] }

const records = new Map<string, Record_>()
const afterwards = new Set<() => void>()
let invalid = false

const shown = typeof document === 'undefined' ? undefined : document

/** Shows the text of a stylesheet; a second call with the same id replaces it in place. */
export function updateStyle(id: string, css: string): void {
  if (!shown) return
  let style = shown.querySelector<HTMLStyleElement>(`style[data-sayso="${CSS.escape(id)}"]`)
  if (!style) {
    style = shown.createElement('style')
    style.dataset.sayso = id
    const link = [...shown.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet"]')].find((l) => new URL(l.href).origin === location.origin && decodeURI(new URL(l.href).pathname) === id)
    if (link) link.replaceWith(style)
    else shown.head.append(style)
  }
  if (style.textContent !== css) style.textContent = css
}

export function removeStyle(id: string): void {
  shown?.querySelector(`style[data-sayso="${CSS.escape(id)}"]`)?.remove()
}

/** Links the stylesheet of a package, once. */
export function linkStyle(address: string): void {
  if (!shown || [...shown.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].some((l) => l.getAttribute('href') === address)) return
  shown.head.append(Object.assign(shown.createElement('link'), { rel: 'stylesheet', href: address }))
}

/** Runs after the modules of an update have been exchanged, before its frame. */
export function afterUpdate(run: () => void): void { afterwards.add(run) }

/** `import.meta.hot` of one module, as Vite documents it. */
export function createHot(id: string): Record<string, unknown> {
  const before = records.get(id)
  const record: Record_ = { acceptances: [], data: before?.data ?? {}, listens: new Map(), disposers: [], pruners: [] }
  records.set(id, record)
  const on = (event: string, callback: (payload: unknown) => void): void => {
    const set = record.listens.get(event) ?? new Set()
    record.listens.set(event, set.add(callback))
  }
  return {
    get data() { return record.data },
    accept(dependencies?: string | string[] | Callback, callback?: (modules: unknown) => void) {
      if (dependencies === undefined || typeof dependencies === 'function') record.acceptances.push({ of: [id], run: ([module]) => dependencies?.(module) })
      else if (typeof dependencies === 'string') record.acceptances.push({ of: [dependencies], run: ([module]) => callback?.(module) })
      else record.acceptances.push({ of: dependencies, run: (modules) => callback?.(modules) })
    },
    acceptExports(_names: string | string[], callback?: Callback) { record.acceptances.push({ of: [id], run: ([module]) => callback?.(module) }) },
    dispose(run: (data: Record<string, unknown>) => void) { record.disposers.push(run) },
    prune(run: (data: Record<string, unknown>) => void) { record.pruners.push(run) },
    decline() { /* kept for compatibility, as in Vite */ },
    invalidate() { invalid = true },
    on, off(event: string, callback: (payload: unknown) => void) { record.listens.get(event)?.delete(callback) },
    send() { /* there is no server to send to */ },
  }
}

const report = (event: string, payload: unknown): void => { for (const { listens } of [...records.values()]) for (const callback of listens.get(event) ?? []) callback(payload) }

/** Whether modules run from their texts. An app may forbid it, with a policy of its own. */
let encloses = false

// Only newer browsers take an import map after the first module: the page tries, and says so where it works.
if (globalThis.__sayso && HTMLScriptElement.supports?.('importmap')) {
  const name = 'sayso-probe'
  importMap({ [name]: 'data:text/javascript,' })
  import(name).then(() => (0, eval)('0') as unknown).then(() => { encloses = true; globalThis.__sayso!.send({ type: 'encloses' }) }, () => undefined)
}

const pick = (texts: Record<string, string>, addresses: string[]): Record<string, string> => Object.fromEntries(addresses.map((address) => [address, texts[address]!]))

let broken = false

/** What the new modules export. */
async function exchanged({ functions, texts }: HotUpdate, modules: HotModule[]): Promise<Record<string, unknown>[]> {
  const addresses = modules.map(({ address }) => address)
  if (functions && encloses) return run(functions, addresses)
  const needs = modules.flatMap((module) => module.needs ?? [])
  release([...addresses, ...needs])
  tell()
  if (texts) provide(pick(texts, needs))
  return Promise.all(addresses.map((address) => import(address) as Promise<Record<string, unknown>>))
}

async function apply(n: number, hot: Hot): Promise<void> {
  const link = globalThis.__sayso!
  if (hot.type === 'reload' || broken) { report('vite:beforeFullReload', { type: 'full-reload' }); location.reload(); return }
  link.begins(n)
  if (hot.type === 'none') { link.updated(n); return }
  report('vite:beforeUpdate', hot)
  invalid = false
  try {
    for (const { id, css } of hot.styles) updateStyle(id, css)
    const taking = hot.modules.map((module) => ({ module, run: records.get(module.id)?.acceptances.filter((a) => a.of.includes(module.accepted)) ?? [] }))
    // A boundary that this page never loaded (a lazy page not opened yet) has nothing to replace.
    const loaded = taking.filter(({ module }) => records.has(module.id))
    if (loaded.some(({ run }) => run.length === 0)) { location.reload(); return }
    for (const { module } of loaded) {
      const record = records.get(module.accepted)
      for (const dispose of record?.disposers ?? []) dispose(record!.data)
    }
    const fresh = await exchanged(hot, loaded.map(({ module }) => module))
    loaded.forEach(({ module, run }, i) => { for (const acceptance of run) acceptance.run(acceptance.of.map((id) => (id === module.accepted ? fresh[i] : undefined))) })
    if (invalid) { location.reload(); return }
    for (const run of afterwards) run()
    for (const id of hot.removed) removeStyle(id)
    report('vite:afterUpdate', hot)
    link.updated(n)
  } catch (error) {
    // What is on the screen stays; a module half exchanged cannot be trusted, so the next update starts afresh.
    broken = true
    report('vite:error', error)
    link.failed(error)
  }
}

let queue = Promise.resolve()
/** Loaded with the first use: an app that nobody points into does not wait for it. */
const PICKER = '/@sayso/picker.js'
const picker = (): Promise<{ hear(message: ToPicker): void }> => import(PICKER)

globalThis.__sayso?.listen((message) => {
  if (message.type === 'prepare') prepare(message.packages, message.preloads)
  else if (message.type === 'go') begin(message.path, message.entries, message.preloads, message.texts)
  else if (message.type !== 'update') void picker().then(({ hear }) => hear(message))
  else queue = queue.then(() => globalThis.__sayso!.entered).then(() => apply(message.update, message.hot))
})
