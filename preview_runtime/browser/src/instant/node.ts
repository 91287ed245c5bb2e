import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { phrase } from '../engine/phrase.ts'
import { Compiler, type BuildResult } from './compiler.ts'
import { sheets } from './styles/sheets.ts'
import type { Bundled } from './bundle.ts'
import type { Changes, DependencyRequest, DependencySet, OutputFile } from '../engine/engine.ts'
import { frameworks } from './project/frameworks.ts'

/**
 * The engine for Node, one project per process, driven by lines of JSON. Input: `{file, body | base64}` for each file,
 * then `{build: {built, builder, origin}}`; the last two are the workbench's and the app's own, "" where nobody watches.
 * Output: `{need}` any number of times, each answered by a line with the DependencySet; at the end
 * `{file, type, bytes}` for each file of the output, followed by that many raw bytes, and `{done}`; or `{fault}`.
 * With `{shrink: true}` in place of `{build}` the files, each with its `type`, are an earlier output, which is only
 * minified; with `{single: true}` one with its packages, of which one page is made.
 */
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]()

async function line(): Promise<Record<string, unknown>> {
  const next = await lines.next()
  if (next.done) throw new Error('no answer')
  return JSON.parse(next.value) as Record<string, unknown>
}

const say = (value: unknown): void => { process.stdout.write(JSON.stringify(value) + '\n') }

async function dependencies(request: DependencyRequest): Promise<DependencySet> {
  say({ need: request })
  return (await line()) as unknown as DependencySet
}

const load = <T>(name: string) => async (): Promise<T> => {
  // Sass asks Node for its modules where it runs in Node.
  if (name === './sass.js') Object.assign(globalThis, { require: createRequire(import.meta.url) })
  return (await import(new URL(name, import.meta.url).href)) as T
}

const changes: Changes = { put: {}, delete: [] }
const types: Record<string, string> = {}
interface Order { built: boolean; builder?: string; origin?: string; shrink?: boolean; single?: boolean }
let order: Order | undefined
while (!order) {
  const { file, type, body, base64, build, shrink, single } = (await line()) as { file?: string; type?: string; body?: string; base64?: string; build?: Order; shrink?: boolean; single?: boolean }
  if (build) order = build
  else if (shrink || single) order = { built: true, shrink: shrink === true, single: single === true }
  else if (file !== undefined) {
    types[file] = type ?? ''
    changes.put[file] = base64 === undefined ? body ?? '' : new Uint8Array(Buffer.from(base64, 'base64'))
  }
}

// The bundler is needed only for built output. Starting it takes a moment, which passes while the engine works.
const bundler = order.built ? import('./bundle.ts') : undefined
const end = await ended(order)
if (end.status === 'built') {
  for (const [file, { type, body }] of Object.entries<OutputFile>(end.files)) {
    const content = Buffer.from(body as Uint8Array)
    say({ file, type, bytes: content.length })
    process.stdout.write(content)
  }
  say({ done: true })
} else say({ fault: end.status === 'fault' ? end.fault : { kind: 'build', code: 'waiting', says: phrase('engine.waiting') } })
await (await bundler)?.end()
process.stdin.destroy()

async function ended(order: Order): Promise<BuildResult | Bundled> {
  if (order.single) return (await import('./single.ts')).single(Object.fromEntries(Object.entries(given()).map(([path, file]) => [`/${path}`, file])))
  return order.shrink && bundler ? { status: 'built', files: await (await bundler).shrink(given()) } : compiled(order)
}

async function compiled({ builder = '', origin = '' }: Order) {
  const finish = bundler && (async (css: string) => (await bundler).smallStyles(css))
  const compiler = new Compiler({ sheets, frameworks: frameworks(load), dependencies, builder, ...(origin !== '' && { origin }), ...(finish && { finish }) })
  const result = await compiler.apply(changes, true)
  return result.status === 'built' && bundler && result.parts ? (await bundler).bundle(result.files, result.parts) : result
}

/** The files that were sent, as an output. */
function given(): Record<string, OutputFile> {
  return Object.fromEntries(Object.entries(changes.put).map(([file, body]) => [file, { type: types[file]!, body }]))
}
