import { createInterface } from 'node:readline'
import { Compiler } from './compiler.ts'
import { sheets } from './sheets.ts'
import type { Changes, DependencyRequest, DependencySet } from '../engine.ts'
import type { FrameworkCompiler } from './frameworks.ts'

/**
 * The engine for Node, one project per process, spoken to in lines of JSON:
 * in `{files}`; out `{need}` any number of times, each answered by a line with the DependencySet (or `{error: {code, message}}`);
 * at last `{output}` or `{fault}`.
 */
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]()

async function line(): Promise<Record<string, unknown>> {
  const next = await lines.next()
  if (next.done) throw new Error('The input ended before the answer came.')
  return JSON.parse(next.value) as Record<string, unknown>
}

const say = (value: unknown): void => { process.stdout.write(JSON.stringify(value) + '\n') }

async function dependencies(request: DependencyRequest): Promise<DependencySet> {
  say({ need: request })
  const answer = await line()
  const error = answer.error as { code?: string; message?: string } | undefined
  if (error) throw Object.assign(new Error(error.message ?? 'The packages could not be prepared.'), { code: error.code ?? 'dependencies' })
  return answer as unknown as DependencySet
}

const load = (name: string) => async (): Promise<FrameworkCompiler> => (await import(new URL(name, import.meta.url).href)) as FrameworkCompiler

const { files } = (await line()) as { files: Record<string, string | { base64: string }> }
const changes: Changes = { put: {}, delete: [] }
for (const [path, content] of Object.entries(files)) changes.put[path] = typeof content === 'string' ? content : new Uint8Array(Buffer.from(content.base64, 'base64'))

const compiler = new Compiler({ sheets, frameworks: { vue: load('./vue.js'), svelte: load('./svelte.js') }, dependencies, builder: '' })
const result = await compiler.apply(changes, true)
if (result.status === 'built') {
  say({ output: Object.fromEntries(Object.entries(result.files).map(([path, file]) => [path, typeof file.body === 'string' ? { type: file.type, body: file.body } : { type: file.type, base64: Buffer.from(file.body).toString('base64') }])) })
} else say({ fault: result.status === 'fault' ? result.fault : { kind: 'build', code: 'waiting', message: 'The project is not complete.' } })
process.stdin.destroy()
