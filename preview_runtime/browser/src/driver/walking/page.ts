import { CONNECT, HELLO } from '../../preview/messages.ts'
import { provideAnimations } from '../animations.ts'
import { real } from '../clock.ts'
import { beginAnew, load, loadEarlier, provideKept } from '../kept.ts'
import { provideFocus } from '../focus.ts'
import { providePerson } from '../noted.ts'
import { picture } from '../seen/picture.ts'
import { providePointer } from '../pointer.ts'
import { nextFrame, pass, pause, provideFrames, provideWaiting, until } from '../settle.ts'
import { shown } from '../seen/shown.ts'
import { provideStacks } from '../stacks.ts'
import { nextDeed } from '../stroll/stroll.ts'
import { isThere, perform } from '../steps.ts'
import { catchUp } from '../tabs.ts'
import type { FromPage, ToWalked } from '../../preview/messages.ts'
import type { Outcome, WalkStep } from '../../engine/walk.ts'

/** A page that has loaded and shows nothing is walked through all the same: its steps say what is missing. */
const SHOWN_MS = 2_000
const STAYS_MS = 1_000

/** Does what it is told by the workbench, which is the page of `parent` at `origin`: one step after the other. */
export function walk(origin: string, parent: Window): void {
  provideKept()
  provideFocus()
  providePointer()
  provideWaiting()
  provideAnimations()
  providePerson()
  provideStacks()

  let threw: string | undefined
  let leaving = false
  let doing: Promise<void> | undefined
  const held: (() => void)[] = []
  // A step that comes while the page goes is for the next one; what was no page (a mail address) leaves this one here.
  window.addEventListener('beforeunload', () => {
    leaving = true
    real.setTimeout(() => { leaving = false; for (const run of held.splice(0)) run() }, STAYS_MS)
  })
  window.addEventListener('error', (event) => {
    event.preventDefault()
    // A note of the browser's, not a fault.
    if (event.target === window && !event.message.startsWith('ResizeObserver loop')) threw ??= event.message
  })
  window.addEventListener('unhandledrejection', (event) => { event.preventDefault(); threw ??= String((event.reason as { message?: unknown } | null)?.message ?? event.reason) })

  const entered = Promise.withResolvers<void>()
  Object.defineProperty(window, '__sayso_entered', { value: entered.resolve })
  window.addEventListener('load', () => entered.resolve())
  let there: Promise<unknown> | undefined
  const ready = (): Promise<unknown> => (there ??= entered.promise.then(() => until(() => isThere() || undefined, SHOWN_MS)))

  window.addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== origin || event.data !== CONNECT || !event.ports[0]) return
    event.stopImmediatePropagation()
    const [port] = event.ports
    const post = (message: FromPage): void => port.postMessage(message)
    provideFrames(() => post({ type: 'draws' }))
    port.onmessage = ({ data }: MessageEvent<ToWalked>) => {
      if (data.type === 'ping') post({ type: 'pong', n: data.n })
      else if (data.type === 'begin') void beginAnew(data.path)
      else if (data.type === 'picture') void picture().then((svg) => post({ type: 'drawn', n: data.n, svg }))
      else {
        const run = async (): Promise<void> => {
          if (data.type !== 'stroll') return post({ type: 'stepped', n: data.n, ...await (data.type === 'look' ? look(data.later) : answer(data.step)) })
          const deed = nextDeed(new Set(data.done), data.briefly)
          // Said first: it may lead to another page.
          post({ type: 'stepped', n: data.n, saw: deed ? [deed.key, deed.words] : [] })
          doing = Promise.resolve(deed?.run())
        }
        if (leaving) held.push(() => void run())
        else void run()
      }
    }
  })
  parent.postMessage(HELLO, origin)

  async function answer(step: WalkStep): Promise<Outcome> {
    await ready()
    try {
      const outcome = threw === undefined ? await go(step) : { saw: [] }
      return threw === undefined ? outcome : { why: 'threw', saw: [threw] }
    } catch (error) {
      return { why: 'threw', saw: [String(error)] }
    }
  }

  /** What the page shows once a person would go on, or comes back to it `later`, ms of its own time. */
  async function look(later: number): Promise<Outcome> {
    await ready()
    await doing
    await pause()
    if (later > 0) await pass(later)
    return { ...(threw !== undefined && { why: 'threw' }), saw: threw === undefined ? [] : [threw], shown: shown() }
  }
}

/** Steps that leave the page are answered by the next one. */
async function go(step: WalkStep): Promise<Outcome> {
  const { navigation } = window as { navigation?: { canGoBack: boolean; back(): void } }
  if ('reload' in step) location.reload()
  else if ('open' in step) load(step.open)
  else if ('back' in step) {
    // The history of the window is the workbench's as well: only the page's own part is gone back in.
    if (!navigation?.canGoBack) return loadEarlier() ? new Promise(() => undefined) : { why: 'no_way_back', saw: [] }
    const moved = Promise.withResolvers<void>()
    window.addEventListener('popstate', () => moved.resolve(), { once: true })
    navigation.back()
    await moved.promise
  } else if ('viewport' in step) await nextFrame()
  else if ('tab' in step) catchUp()
  else return perform(step)
  return { saw: [] }
}
