import { isDeepStrictEqual } from 'node:util'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phrase, verbatim } from '../src/engine/phrase.ts'
import { ServerEngine } from '../src/server/server-engine.ts'
import type { EngineEvent } from '../src/engine/engine.ts'
import type { ServerLine, ServerState } from '../src/server/server-engine.ts'

const state = (status: ServerState['status'], more: Partial<ServerState> = {}): ServerState => ({ status, phase: 'start', ahead: 0, fault: null, ...more })
const URL_ = 'http://p-abc.preview.localhost:8000/'

/** A frame that has loaded as soon as it is given an address, and a server that answers what it is told to. */
function stage(...answers: (ServerState | Error)[]) {
  const addresses: string[] = []
  let loaded = (): void => {}
  const frame = {
    addEventListener: (_: string, run: () => void) => { loaded = run }, removeEventListener: () => { loaded = () => {} },
    get src() { return addresses.at(-1) ?? '' }, set src(value: string) { addresses.push(value); loaded() },
  } as unknown as HTMLIFrameElement
  const calls: string[] = []
  const next = (name: string) => async (): Promise<ServerState> => {
    calls.push(name)
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    if (answer instanceof Error) throw answer
    return answer
  }
  const followers = new Set<(line: ServerLine) => void>()
  const followLogs = (take: (line: ServerLine) => void): (() => void) => { followers.add(take); return () => followers.delete(take) }
  const line = (text: string, at: string, stream = 'stdout'): void => { for (const take of followers) take({ stream, text, at }) }
  const engine = new ServerEngine({ previewUrl: URL_, followLogs, frame, bringUp: next('bringUp'), state: next('state') })
  const events: EngineEvent[] = []
  engine.on((event) => events.push(event))
  return { engine, events, line, followers, addresses, calls, phases: () => events.flatMap((event) => (event.type === 'phase' ? [event.phase] : [])), answers }
}

test('an app is shown once its server listens, and its way there is told', async () => {
  const { engine, events, addresses, phases } = stage(state('pending', { phase: 'queued', ahead: 2 }), state('pending', { phase: 'dependencies' }), state('running', { phase: 'listening' }))
  await engine.start({})
  assert.deepEqual(phases(), ['queued', 'queued', 'dependencies', 'listening', 'painted'])
  assert.deepEqual(addresses, [URL_])
  assert.ok(events.some((event) => event.type === 'log' && isDeepStrictEqual(event.text, phrase('engine.ahead', { count: 2 }))))
  assert.deepEqual(events.filter((event) => event.type === 'painted').map((event) => event.update), [false])
  await engine.stop()
})

test('nothing is started before the last file is there', async () => {
  const { engine, calls } = stage(state('running'))
  await engine.start({}, { complete: false })
  await engine.update({ put: { 'app.py': '' }, delete: [] }, { complete: false })
  assert.deepEqual(calls, [])
  await engine.update({ put: { 'app.py': '1' }, delete: [] })
  assert.deepEqual(calls, ['bringUp'])
  await engine.stop()
})

test('a burst of typing is one restart, and shows the page that was open', async () => {
  const { engine, calls, addresses, events } = stage(state('running'))
  await engine.start({})
  engine.navigate('/items')
  void engine.update({ put: {}, delete: [] })
  void engine.update({ put: {}, delete: [] })
  await engine.update({ put: {}, delete: [] })
  assert.deepEqual(calls, ['bringUp', 'bringUp'])
  assert.deepEqual(addresses, [URL_, `${URL_}items`, `${URL_}items`])
  assert.deepEqual(events.flatMap((event) => (event.type === 'navigated' ? [event.path] : [])), ['/items'])
  assert.equal(events.filter((event) => event.type === 'painted' && event.update).length, 2)
  await engine.stop()
})

test('what keeps the server from starting is said with its place, and taken back once it runs', async () => {
  const fault = { kind: 'runtime' as const, code: 'exited', message: 'The app ended.', file: 'app.py', line: 3, frame: null }
  const { engine, events, answers } = stage(state('failed', { fault }))
  await engine.start({})
  assert.deepEqual(events.find((event) => event.type === 'fault'), { type: 'fault', fault: { kind: 'runtime', code: 'exited', says: verbatim('The app ended.'), file: 'app.py', line: 3 } })
  answers.splice(0, 1, state('running'))
  await engine.update({ put: {}, delete: [] })
  assert.ok(events.some((event) => event.type === 'cleared'))
  await engine.stop()
})

test('what the app writes is told once, also when the line breaks and begins anew', async () => {
  const { engine, events, line, followers } = stage(state('running'))
  await engine.start({})
  line('one', '2026-01-01T00:00:01.5Z')
  line('two: error', '2026-01-01T00:00:02Z', 'stderr')
  line('The app was stopped', '2025-01-01T00:00:00Z', 'sayso')
  await engine.reload()
  line('two: error', '2026-01-01T00:00:02Z', 'stderr')
  line('The app was stopped', '2025-01-01T00:00:00Z', 'sayso')
  line('INFO: three', '2026-01-01T00:00:03Z', 'stderr')
  line('… lines were left out …', '', 'sayso')
  const lines = events.flatMap((event) => (event.type === 'log' ? [[event.level, event.text]] : []))
  assert.deepEqual(lines, [['log', 'one'], ['warn', 'two: error'], ['log', 'The app was stopped'], ['log', 'INFO: three'], ['log', '… lines were left out …']])
  assert.equal(followers.size, 1)
  await engine.stop()
  assert.equal(followers.size, 0)
})

test('no answer once is asked again: networks come and go with containers', async () => {
  const silent = Object.assign(new Error('offline'), { status: 0 })
  const { engine, events, calls } = stage(silent, state('pending'), silent, state('running'))
  await engine.start({})
  assert.deepEqual(calls, ['bringUp', 'bringUp', 'state', 'state'])
  assert.ok(!events.some((event) => event.type === 'fault'))
  await engine.stop()
})

test('a server that is gone, or does not answer, is a fault of ours with one way on', async () => {
  const gone = stage(state('absent'))
  await gone.engine.start({})
  const away = stage(new Error('The server does not answer.'))
  await away.engine.start({})
  for (const { events } of [gone, away]) assert.ok(events.some((event) => event.type === 'fault' && event.fault.kind === 'platform'))
})

test('a Python error is one line of the log: the error first, then the places in the app', async () => {
  const { engine, events, line } = stage(state('running'))
  await engine.start({})
  const lines = [
    'ERROR:    Exception in ASGI application', 'Traceback (most recent call last):',
    '  File "/usr/lib/python3.13/site-packages/uvicorn/http.py", line 409, in run_asgi', '    result = await app(scope)',
    '  File "/app/main.py", line 9, in total', '    return 1 / count', 'ZeroDivisionError: division by zero',
    "SyntaxWarning: invalid escape sequence '\\d'", 'Error: listen EADDRINUSE',
  ]
  lines.forEach((text, n) => line(text, `2026-01-01T00:00:0${n}Z`, 'stderr'))
  const told = events.flatMap((event) => (event.type === 'log' ? [event] : [])).map(({ level, text, file, line }) => [level, text, file, line])
  assert.deepEqual(told, [
    ['error', lines[0], undefined, undefined],
    ['error', 'ZeroDivisionError: division by zero\n  File "main.py", line 9, in total\n    return 1 / count', 'main.py', 9],
    ['warn', lines[7], undefined, undefined],
    ['error', lines[8], undefined, undefined],
  ])
  await engine.stop()
})
