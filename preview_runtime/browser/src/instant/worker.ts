import { Failure, reasonOf } from '../engine/phrase.ts'
import { Compiler } from './compiler.ts'
import { Publisher } from './publisher.ts'
import { sheets } from './styles/sheets.ts'
import type { Changes, DependencyRequest, DependencySet, Output } from '../engine/engine.ts'
import type { Phrase } from '../engine/phrase.ts'
import type { Change, SourcePlace, Pointed, Written } from '../engine/place.ts'
import type { Places } from '../places/places.ts'
import type { ToPage, Versions } from '../preview/messages.ts'
import type { BuildResult } from './compiler.ts'
import { frameworks } from './project/frameworks.ts'
import type { FrameworkCompiler } from './project/frameworks.ts'

/** A `Failure` in the form in which it is posted between page and worker. */
export interface WireFailure { code: string; says: Phrase }

/** The page's messages to the worker. */
export type ToWorker =
  | { type: 'init'; builder: string; publishUrl: string; origin: string }
  | { type: 'apply'; changes: Changes; complete: boolean; whole: boolean; direct?: Direct }
  | { type: 'publish'; id: number; output: Output }
  /** The first build gives its modules the addresses that they have in a page that runs already. */
  | { type: 'continue'; versions: Versions }
  | { type: 'line'; port: MessagePort }
  /** Where something is written; with `change`, how to write that there. */
  | { type: 'locate'; id: number; pointed: Pointed; change?: Change }
  | { type: 'dependencies'; id: number; set?: DependencySet; error?: WireFailure }

export type FromWorker =
  | { type: 'ready' }
  | { type: 'need'; id: number; request: DependencyRequest }
  /** `direct`: the update was sent to the page already, with the numbers given for it. `folder`: see `Compiler`. */
  | { type: 'result'; result: BuildResult; direct: boolean; folder?: string }
  /** `same`: the server had it already. */
  | { type: 'published'; id: number; same?: boolean; error?: WireFailure }
  | { type: 'located'; id: number; place?: SourcePlace; written?: Written }
  | { type: 'crash'; message: string }

/**
 * Allows the worker to publish a small update and to send it to the page without asking first: right after a key press,
 * the editing page is busy drawing its editor for longer than a build takes. `update` is the number with which the page
 * answers; `enclosed`: the page takes modules from the update itself. `path`: the page is the waiting one, and starts
 * the app at this path.
 */
export interface Direct { id: number; update: number; enclosed: boolean; path?: string }

// The DOM library types `self` as a window; here it is a dedicated worker.
const scope = self as unknown as { postMessage(message: FromWorker): void; onmessage: ((event: MessageEvent<ToWorker>) => void) | null }
const asked = new Map<number, { resolve(set: DependencySet): void; reject(error: Error): void }>()
let questions = 0
let compiler: Compiler | undefined
let publisher: Publisher | undefined
/** Messages to the page in the frame. Nothing is ever read from it: the page may be hostile. */
let line: MessagePort | undefined

function dependencies(request: DependencyRequest): Promise<DependencySet> {
  const id = ++questions
  scope.postMessage({ type: 'need', id, request })
  return new Promise((resolve, reject) => asked.set(id, { resolve, reject }))
}

/** Whether the server accepted it. */
async function publish(id: number, output: Output): Promise<boolean> {
  try {
    const same = await publisher!.publish(output)
    scope.postMessage({ type: 'published', id, same })
    return true
  } catch (error) {
    const { code = 'publish' } = error as Partial<Failure>
    scope.postMessage({ type: 'published', id, error: { code, says: reasonOf(error) } })
    return false
  }
}

/** What may be sent to the page without asking first, if anything. */
function messageOf({ hot, start }: Extract<BuildResult, { status: 'built' }>, { path, update, enclosed }: Direct): Extract<ToPage, { type: 'update' | 'go' }> | undefined {
  if (path === undefined) return hot.type === 'update' ? { type: 'update', update, hot } : undefined
  return start?.texts && enclosed ? { type: 'go', path, ...start } : undefined
}

async function apply(changes: Changes, complete: boolean, direct: Direct | undefined): Promise<void> {
  const result = await compiler!.apply(changes, complete)
  const message = direct && result.status === 'built' ? messageOf(result, direct) : undefined
  if (!line || !direct || !message || result.status !== 'built') {
    scope.postMessage({ type: 'result', result, direct: false, folder: compiler!.folder })
    return
  }
  const { files, delete: gone } = result
  const to = line
  const enclosed = message.type === 'go' || (direct.enclosed && ('functions' in message.hot || 'texts' in message.hot))
  if (enclosed) to.postMessage(message)
  void publish(direct.id, { replace: message.type === 'go', files, delete: gone }).then((published) => { if (published && !enclosed) to.postMessage(message) })
  scope.postMessage({ type: 'result', result, direct: true, folder: compiler!.folder })
}

let places: Promise<Places> | undefined

/** Loaded with the first question. */
async function openPlaces(): Promise<Places> {
  const module = (await import(new URL('./places.js', import.meta.url).href)) as typeof import('../places/places.ts')
  return new module.Places(compiler!.files, async () => (await load<FrameworkCompiler>('./svelte.js')()).parse!)
}

async function locate(id: number, pointed: Pointed, change: Change | undefined): Promise<void> {
  const all = await (places ??= openPlaces())
  const answer = change ? { written: await all.change(pointed, change) } : { place: await all.place(pointed) }
  scope.postMessage({ type: 'located', id, ...answer })
}

const load = <T>(name: string) => async (): Promise<T> => (await import(new URL(name, import.meta.url).href)) as T

scope.onmessage = ({ data }) => {
  if (data.type === 'init') {
    compiler = new Compiler({ sheets, frameworks: frameworks(load), dependencies, builder: data.builder, origin: data.origin })
    publisher = new Publisher(data.publishUrl)
  } else if (data.type === 'publish') void publish(data.id, data.output)
  else if (data.type === 'continue') compiler!.continue(data.versions)
  else if (data.type === 'line') {
    line?.close()
    line = data.port
  } else if (data.type === 'locate') {
    locate(data.id, data.pointed, data.change).catch((error: unknown) => {
      // Asked again, it may be loaded by then.
      places = undefined
      console.warn(error)
      scope.postMessage({ type: 'located', id: data.id })
    })
  } else if (data.type === 'dependencies') {
    const question = asked.get(data.id)
    asked.delete(data.id)
    if (data.set) question?.resolve(data.set)
    else if (data.error) question?.reject(new Failure(data.error.code, data.error.says))
  } else {
    if (data.whole) compiler!.forget()
    apply(data.changes, data.complete, data.direct).catch((error: unknown) => {
      scope.postMessage({ type: 'crash', message: error instanceof Error ? error.stack ?? error.message : String(error) })
    })
  }
}
scope.postMessage({ type: 'ready' })
