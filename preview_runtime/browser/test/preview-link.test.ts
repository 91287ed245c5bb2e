import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { PreviewLink } from '../src/preview-link.ts'
import { CONNECT, HELLO } from '../src/preview/messages.ts'

const ORIGIN = 'http://p-abc.preview.localhost:8000'
const links: PreviewLink[] = []
afterEach(() => { for (const link of links.splice(0)) link.close() })

/** The builder's window and a frame, as far as the link touches them. */
function stage(): { frame: HTMLIFrameElement; ports: MessagePort[]; said: unknown[]; hung: () => number; message(data: unknown, more?: { origin?: string; source?: unknown }): void } {
  const listeners = new Set<(event: MessageEvent) => void>()
  const self = { addEventListener: (_: string, run: (event: MessageEvent) => void) => listeners.add(run), removeEventListener: (_: string, run: (event: MessageEvent) => void) => listeners.delete(run) }
  Object.assign(globalThis, { window: self, document: { hidden: false } })
  const ports: MessagePort[] = []
  const page = { postMessage: (data: unknown, origin: string, transfer: MessagePort[]) => { if (data === CONNECT && origin === ORIGIN) { ports.push(transfer[0]!); transfer[1]!.close() } } }
  const frame = { contentWindow: page, src: ORIGIN } as unknown as HTMLIFrameElement
  const said: unknown[] = []
  let hangs = 0
  links.push(new PreviewLink({ frame, origin: ORIGIN, message: (message) => said.push(message), connected: (line) => line.close(), hang: () => { hangs++ } }))
  return {
    frame, ports, said, hung: () => hangs,
    message: (data, { origin = ORIGIN, source = page } = {}) => { for (const run of [...listeners]) run({ data, origin, source } as unknown as MessageEvent) },
  }
}

test('only the frame itself, at its own origin, is given a line', () => {
  const { ports, message } = stage()
  message(HELLO, { origin: 'http://p-other.preview.localhost:8000' })
  message(HELLO, { source: {} })
  message({ hello: HELLO })
  assert.equal(ports.length, 0)
  message(HELLO)
  assert.equal(ports.length, 1)
})

for (const [name, more] of [['its window', {}], ['a frame inside it', { origin: 'null', source: {} }]] as const) {
  test(`a page that floods the builder from ${name} is put away and said to hang, once`, () => {
    const { frame, message, hung, ports } = stage()
    for (let i = 0; i < 5_000; i++) message(HELLO, more)
    assert.equal(frame.src, 'about:blank')
    assert.equal(hung(), 1)
    assert.ok(ports.length <= 3_000)
  })
}

test('a page that floods its line is put away', async () => {
  const { frame, ports, message, hung, said } = stage()
  message(HELLO)
  for (let i = 0; i < 5_000; i++) ports[0]!.postMessage({ type: 'log', level: 'log', text: 'x', at: 0 })
  const until = Date.now() + 5_000
  while (hung() === 0 && Date.now() < until) await new Promise((resolve) => setImmediate(resolve))
  ports[0]!.close()
  assert.equal(frame.src, 'about:blank')
  assert.ok(said.length <= 600)
})
