import { Compiler } from './compiler.ts'
import { sheets } from './sheets.ts'
import type { Changes, DependencyRequest, DependencySet } from '../engine.ts'
import type { BuildResult } from './compiler.ts'
import type { FrameworkCompiler } from './frameworks.ts'

/** What the page says to the worker. */
export type ToWorker =
  | { type: 'init'; builder: string }
  | { type: 'apply'; changes: Changes; complete: boolean }
  | { type: 'dependencies'; id: number; set?: DependencySet; error?: { code: string; message: string } }

export type FromWorker =
  | { type: 'ready' }
  | { type: 'need'; id: number; request: DependencyRequest }
  | { type: 'result'; result: BuildResult }
  | { type: 'crash'; message: string }

// The DOM library types `self` as a window; here it is a dedicated worker.
const scope = self as unknown as { postMessage(message: FromWorker): void; onmessage: ((event: MessageEvent<ToWorker>) => void) | null }
const asked = new Map<number, { resolve(set: DependencySet): void; reject(error: Error): void }>()
let questions = 0
let compiler: Compiler | undefined

function dependencies(request: DependencyRequest): Promise<DependencySet> {
  const id = ++questions
  scope.postMessage({ type: 'need', id, request })
  return new Promise((resolve, reject) => asked.set(id, { resolve, reject }))
}

const load = (name: string) => async (): Promise<FrameworkCompiler> => (await import(new URL(name, import.meta.url).href)) as FrameworkCompiler

scope.onmessage = ({ data }) => {
  if (data.type === 'init') {
    compiler = new Compiler({ sheets, frameworks: { vue: load('./vue.js'), svelte: load('./svelte.js') }, dependencies, builder: data.builder })
  } else if (data.type === 'dependencies') {
    const question = asked.get(data.id)
    asked.delete(data.id)
    if (data.set) question?.resolve(data.set)
    else question?.reject(Object.assign(new Error(data.error?.message ?? 'The packages could not be prepared.'), { code: data.error?.code ?? 'dependencies' }))
  } else {
    compiler!.apply(data.changes, data.complete).then(
      (result) => scope.postMessage({ type: 'result', result }),
      (error: unknown) => scope.postMessage({ type: 'crash', message: error instanceof Error ? error.stack ?? error.message : String(error) }),
    )
  }
}
scope.postMessage({ type: 'ready' })
