import { CONNECT, HELLO } from '../preview/messages.ts'
import { provideDay } from '../driver/clock.ts'
import { beginAnew, provideKept } from '../driver/kept.ts'
import { providePerson } from '../driver/noted.ts'
import { RECORDED } from '../engine/recording.ts'
import { followActs } from './acts.ts'
import { Pointing } from './pointing.ts'
import { expectationOf } from './targets.ts'
import { whatIsThere } from './there.ts'
import type { FromPage, ToRecorded } from '../preview/messages.ts'

/**
 * Lets a person record a walk in this page. It begins as that of every walk, with nothing stored and
 * on the same day; what the person does in it is told to the workbench step by step.
 */
export function record(origin: string, parent: Window): void {
  provideKept(RECORDED, provideDay)
  providePerson()

  let port: MessagePort | undefined
  const early: FromPage[] = []
  const post = (message: FromPage): void => { if (port) port.postMessage(message); else early.push(message) }
  let there: Element[] = []
  const count = { last: 0 }
  const expect = (element: Element | undefined): void => {
    const step = element && expectationOf(element)
    post(step ? { type: 'recorded', key: ++count.last, step } : { type: 'left_out', why: 'nameless', words: '' })
  }
  const pointing = new Pointing(expect, () => post({ type: 'pointed' }))
  followActs({
    recorded: (key, step) => post({ type: 'recorded', key, step }),
    dropped: (key) => post({ type: 'dropped', key }),
    leftOut: (why, words = '') => post({ type: 'left_out', why, words }),
  }, count, () => pointing.on)
  // A walk says yes to whatever it is asked, and so what is recorded does.
  window.confirm = (text) => { post({ type: 'left_out', why: 'asked', words: String(text) }); return true }
  window.alert = (text) => post({ type: 'left_out', why: 'said', words: String(text) })
  window.prompt = (text) => { post({ type: 'left_out', why: 'asked', words: String(text) }); return '' }

  window.addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== origin || event.data !== CONNECT || !event.ports[0]) return
    event.stopImmediatePropagation()
    port = event.ports[0]
    port.onmessage = ({ data }: MessageEvent<ToRecorded>) => {
      if (data.type === 'ping') post({ type: 'pong', n: data.n })
      else if (data.type === 'begin') void beginAnew(data.path)
      else if (data.type === 'reload') location.reload()
      else if (data.type === 'point') pointing.set(data.on)
      else if (data.type === 'expect') expect(there[data.at])
      else {
        const found = whatIsThere()
        there = found.elements
        post({ type: 'there', n: data.n, steps: found.steps })
      }
    }
    for (const message of early.splice(0)) post(message)
  })
  parent.postMessage(HELLO, origin)
}
