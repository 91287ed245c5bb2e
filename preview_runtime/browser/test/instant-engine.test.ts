import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { phrase, verbatim } from '../src/engine/phrase.ts'
import { InstantEngine } from '../src/instant-engine.ts'
import { CONNECT, HELLO } from '../src/preview/messages.ts'
import type { DependencySet, EngineEvent } from '../src/engine/engine.ts'
import type { InstantOptions } from '../src/instant-options.ts'
import type { Early } from '../src/instant/early-page.ts'
import type { FromWorker, ToWorker } from '../src/instant/worker.ts'

const PREVIEW = 'http://p-abc.preview.localhost:8000'
const SET: DependencySet = { hash: 'h', base: '/@deps/h/', modules: {}, styles: {}, imports: {}, errors: {} }
const OUTPUT = { '/index.html': { type: 'text/html', body: '<p>' } }
const CHANGED = { '/src/App.tsx': { type: 'text/javascript', body: '1' } }
const UPDATE = { type: 'update' as const, modules: [], styles: [], removed: [] }

/** The worker as the engine sees it: what it is told, and what the test lets it say. */
class Worker {
  static last: Worker
  onmessage: ((event: MessageEvent<FromWorker>) => void) | undefined
  readonly told: ToWorker[] = []
  constructor() { Worker.last = this }
  postMessage(message: ToWorker): void { this.told.push(message) }
  terminate(): void { /* nothing runs */ }
  say(message: FromWorker): void { this.onmessage?.({ data: message } as MessageEvent<FromWorker>) }
  of<T extends ToWorker['type']>(type: T): Extract<ToWorker, { type: T }>[] { return this.told.filter((m) => m.type === type) as Extract<ToWorker, { type: T }>[] }
}

let engine: InstantEngine
let options: InstantOptions
let events: EngineEvent[]
let frame: { src: string; contentWindow: unknown }
let hello: () => void
let signedOut: number
let mayPublish: boolean
let answered: PromiseWithResolvers<DependencySet>
const ports: MessagePort[] = []
const worker = (): Worker => Worker.last
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  const listeners = new Set<(event: MessageEvent) => void>()
  const window = { addEventListener: (_: string, run: (event: MessageEvent) => void) => listeners.add(run), removeEventListener: (_: string, run: (event: MessageEvent) => void) => listeners.delete(run) }
  const page = { postMessage: (data: unknown, _: string, transfer: MessagePort[]) => { if (data === CONNECT) ports.push(...transfer) } }
  Object.assign(globalThis, { window, Worker, document: { hidden: false }, location: { origin: 'http://localhost:8000', href: 'http://localhost:8000/p/abc' } })
  frame = { src: '', contentWindow: page }
  hello = () => { for (const run of [...listeners]) run({ data: HELLO, origin: PREVIEW, source: page } as unknown as MessageEvent) }
  answered = Promise.withResolvers()
  events = []
  signedOut = 0
  mayPublish = true
  options = { previewUrl: `${PREVIEW}/`, frame: frame as HTMLIFrameElement, runtimeUrl: '/runtime/1/', publishUrl: '/api/v1/projects/abc/preview', mayPublish: () => mayPublish, signedOut: () => { signedOut++ }, dependencies: () => answered.promise }
  make()
})

function make(early?: Early): void {
  engine = new InstantEngine({ ...options, ...(early && { early }) })
  engine.on((event) => events.push(event))
}
afterEach(async () => {
  await engine.stop()
  for (const port of ports.splice(0)) port.close()
})

/** The app is there, in a page that has said hello. */
async function running(): Promise<void> {
  void engine.start({})
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: OUTPUT, delete: [], hot: { type: 'none' } } })
  await settle()
  worker().say({ type: 'published', id: worker().of('publish').at(-1)!.id })
  await settle()
  hello()
}

test('packages that come while a build runs are taken up, even when no other file comes for long', async () => {
  void engine.start({ 'index.html': '' }, { complete: false })
  worker().say({ type: 'need', id: 1, request: { dependencies: {}, specifiers: [] } })
  answered.resolve(SET)
  await settle()
  worker().say({ type: 'result', direct: false, result: { status: 'waiting' } })
  await settle()
  const builds = worker().of('apply')
  assert.equal(builds.length, 2)
  assert.equal(builds[1]!.complete, false)
})

test('a small update goes from the worker to the page, and what follows waits for nothing', async () => {
  await running()
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  const { direct } = worker().of('apply').at(-1)!
  assert.ok(direct)
  assert.equal(worker().of('line').length, 1)
  worker().say({ type: 'result', direct: true, result: { status: 'built', files: CHANGED, delete: [], hot: UPDATE } })
  await settle()
  assert.equal(worker().of('publish').length, 1)
  void engine.update({ put: { 'src/App.tsx': '2' }, delete: [] })
  assert.ok(worker().of('apply').at(-1)!.direct)
})

test('what a page says before the engine has heard that it began is heard all the same', async () => {
  void engine.start({ 'index.html': '' }, { complete: false })
  worker().say({ type: 'result', direct: false, result: { status: 'waiting', ahead: { page: '<p>', files: {}, packages: [], preloads: [] } } })
  await settle()
  worker().say({ type: 'published', id: worker().of('publish').at(-1)!.id })
  await settle()
  hello()
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  const { direct } = worker().of('apply').at(-1)!
  assert.equal(direct!.path, '/')
  ports[0]!.postMessage({ type: 'error', source: 'error', message: 'no sheep', stack: '', at: performance.timeOrigin + performance.now(), update: 0, shows: false })
  await settle()
  await settle()
  worker().say({ type: 'result', direct: true, result: { status: 'built', files: CHANGED, delete: [], hot: { type: 'none' } } })
  await settle()
  assert.deepEqual(events.flatMap((event) => event.type === 'fault' ? [event.fault.says] : []), [verbatim('no sheep')])
})

test('nothing goes to the page directly before it is there, nor past a delivery that is under way', async () => {
  void engine.start({})
  assert.equal(worker().of('apply')[0]!.direct, undefined)
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: OUTPUT, delete: [], hot: { type: 'none' } } })
  await settle()
  worker().say({ type: 'published', id: worker().of('publish')[0]!.id })
  await settle()
  void engine.update({ put: {}, delete: [] })
  assert.equal(worker().of('apply').at(-1)!.direct, undefined)
})

test('a server that lost the preview gets all of it again, and the page is loaded from that', async () => {
  await running()
  frame.src = ''
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  const { direct } = worker().of('apply').at(-1)!
  worker().say({ type: 'result', direct: true, result: { status: 'built', files: CHANGED, delete: [], hot: UPDATE } })
  worker().say({ type: 'published', id: direct!.id, error: { code: 'preview_gone', says: verbatim('gone') } })
  await settle()
  const again = worker().of('apply').at(-1)!
  assert.equal(again.whole, true)
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: { ...OUTPUT, ...CHANGED }, delete: [], hot: { type: 'none' } } })
  await settle()
  const { id, output } = worker().of('publish').at(-1)!
  assert.equal(output.replace, true)
  assert.deepEqual(Object.keys(output.files), ['/index.html', '/src/App.tsx'])
  worker().say({ type: 'published', id })
  await settle()
  assert.equal(frame.src, `${PREVIEW}/`)
  assert.deepEqual(events.filter((event) => event.type === 'fault'), [])
})

test('an update the server did not get is said, and goes with the next one', async () => {
  await running()
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  const { direct } = worker().of('apply').at(-1)!
  worker().say({ type: 'result', direct: true, result: { status: 'built', files: CHANGED, delete: [], hot: UPDATE } })
  worker().say({ type: 'published', id: direct!.id, error: { code: 'offline', says: phrase('engine.offline') } })
  await settle()
  assert.deepEqual(events.flatMap((event) => (event.type === 'fault' ? [event.fault] : [])), [{ kind: 'platform', code: 'publish', says: phrase('engine.publish', { reason: phrase('engine.offline') }) }])
  void engine.update({ put: { 'src/main.tsx': '2' }, delete: [] })
  assert.equal(worker().of('apply').at(-1)!.direct, undefined)
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: { '/src/main.tsx': CHANGED['/src/App.tsx'] }, delete: [], hot: UPDATE } })
  await settle()
  const { id, output } = worker().of('publish').at(-1)!
  assert.deepEqual(Object.keys(output.files), ['/src/App.tsx', '/src/main.tsx'])
  worker().say({ type: 'published', id })
  await settle()
  assert.ok(events.some((event) => event.type === 'cleared'))
})

test('whoever is signed out as output goes to the server is led to sign in', async () => {
  await running()
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  const { direct } = worker().of('apply').at(-1)!
  worker().say({ type: 'result', direct: true, result: { status: 'built', files: CHANGED, delete: [], hot: UPDATE } })
  worker().say({ type: 'published', id: direct!.id, error: { code: 'sign_in', says: verbatim('Sign in.') } })
  assert.equal(signedOut, 1)
})

test('whoever may only read sends nothing, and sees what the preview host has', async () => {
  mayPublish = false
  void engine.start({})
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: OUTPUT, delete: [], hot: { type: 'none' } } })
  await settle()
  hello()
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  assert.equal(worker().of('apply').at(-1)!.direct, undefined)
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: CHANGED, delete: [], hot: UPDATE } })
  await settle()
  assert.equal(frame.src, `${PREVIEW}/`)
  assert.equal(worker().of('publish').length, 0)
  assert.deepEqual(events.filter((event) => event.type === 'fault'), [])
})

test('an update for a page that is still on its way loads that page again', async () => {
  void engine.start({})
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: OUTPUT, delete: [], hot: { type: 'none' } } })
  await settle()
  worker().say({ type: 'published', id: worker().of('publish').at(-1)!.id })
  await settle()
  frame.src = ''
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: CHANGED, delete: [], hot: UPDATE } })
  await settle()
  worker().say({ type: 'published', id: worker().of('publish').at(-1)!.id })
  await settle()
  assert.equal(frame.src, `${PREVIEW}/`)
})

test('an engine that is stopped while it publishes ends', async () => {
  void engine.start({})
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: OUTPUT, delete: [], hot: { type: 'none' } } })
  await settle()
  await engine.stop()
})

/** An engine whose frame was there before it, with a page that says what it was loaded from, and that it painted. */
async function early(digest: string): Promise<void> {
  await engine.stop()
  events = []
  frame.src = `${PREVIEW}/`
  make({ since: performance.timeOrigin + performance.now(), hello: true })
  const at = performance.timeOrigin + performance.now()
  for (const message of [{ type: 'build', build: { digest, versions: { modules: { '/src/App.tsx': 7 }, assets: {} } } }, { type: 'log', level: 'log', text: 'baa', at }, { type: 'painted', update: 0, at }]) ports[0]!.postMessage(message)
  await settle()
  await settle()
}

/** The first build has this digest; the server says whether it had it already. */
async function built(digest: string, same: boolean): Promise<void> {
  frame.src = ''
  void engine.start({})
  worker().say({ type: 'result', direct: false, result: { status: 'built', files: OUTPUT, delete: [], hot: { type: 'none' }, digest } })
  await settle()
  worker().say({ type: 'published', id: worker().of('publish').at(-1)!.id, same })
  await settle()
}
const said = (): (string | undefined)[] => events.flatMap((event) => (event.type === 'log' ? [String(event.text)] : event.type === 'painted' ? ['painted'] : []))

test('a page that was there before the engine and shows the same app is taken up as it is', async () => {
  await early('one')
  assert.deepEqual(worker().of('continue').map(({ versions }) => versions.modules), [{ '/src/App.tsx': 7 }])
  assert.deepEqual(said(), [])
  await built('one', true)
  assert.equal(frame.src, '')
  assert.deepEqual(said(), ['baa', 'painted'])
  void engine.update({ put: { 'src/App.tsx': '1' }, delete: [] })
  assert.ok(worker().of('apply').at(-1)!.direct)
})

for (const [name, digest, same] of [['of other files', 'two', true], ['of modules that another tab has published since', 'one', false]] as const) {
  test(`a page ${name} is loaded anew, and what it said is not told`, async () => {
    await early('one')
    await built(digest, same)
    assert.equal(frame.src, `${PREVIEW}/`)
    assert.deepEqual(said(), [])
  })
}

test('a page that fails before the engine is there is told of once it is taken up', async () => {
  await early('one')
  ports[0]!.postMessage({ type: 'error', source: 'error', message: 'no sheep', stack: '', at: performance.timeOrigin + performance.now(), update: 0, shows: true })
  await settle()
  await settle()
  await built('one', true)
  assert.deepEqual(events.flatMap((event) => event.type === 'fault' ? [event.fault.says] : []), [verbatim('no sheep')])
})

test('the first build waits until a page that is there has said what it was loaded from', async () => {
  await engine.stop()
  make({ since: performance.timeOrigin + performance.now(), hello: true })
  void engine.start({})
  await settle()
  assert.equal(worker().of('apply').length, 0)
  ports[0]!.postMessage({ type: 'build', build: { digest: 'one', versions: { modules: {}, assets: {} } } })
  await settle()
  await settle()
  assert.deepEqual(worker().told.map(({ type }) => type).filter((type) => type === 'continue' || type === 'apply'), ['continue', 'apply'])
})
