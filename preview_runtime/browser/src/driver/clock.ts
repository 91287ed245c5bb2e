import { install } from '@sinonjs/fake-timers'
import type { Clock } from '@sinonjs/fake-timers'

/**
 * The time and the chance of a page that is walked through. Its clocks are ours: they begin at the same moment of the same
 * day, stand still while the page works, and go on as soon as there is nothing else to wait for. So nobody waits for a
 * timer, and what a page shows of dates, of delays and of chance is the same in every walk.
 */

/** Wednesday, 3 June 2026, 10:00, wherever the person is. */
const BEGINS = new Date(2026, 5, 3, 10).getTime()
const FRAME_MS = 16

/** The browser's own clock, which goes on. */
export const real = {
  now: performance.now.bind(performance),
  setTimeout: window.setTimeout.bind(window),
  clearTimeout: window.clearTimeout.bind(window),
  requestAnimationFrame: window.requestAnimationFrame.bind(window),
}

let clock: Clock | undefined

/** `at`: what the page before this one had, ms since 1970; `page`: the how many-th page of the walk this is. */
export type ProvideClock = (at: number | undefined, page: number) => void

/** The day and the chance of a walk, for a page in which a person sits: its clock goes on by itself, as theirs does. */
export const provideDay: ProvideClock = (at, page) => {
  clock = install({ now: at ?? BEGINS, toFake: ['Date'], shouldAdvanceTime: true, advanceTimeDelta: FRAME_MS })
  provideChance(page)
}

export const provideClock: ProvideClock = (at, page) => {
  clock = install({
    now: at ?? BEGINS,
    toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'requestAnimationFrame', 'cancelAnimationFrame', 'requestIdleCallback', 'cancelIdleCallback', 'performance'],
    loopLimit: 1_000_000,
  })
  provideChance(page)
}

function provideChance(page: number): void {
  // Another page draws other numbers, or what it adds would bear the identifiers of what is kept.
  const random = draws(page)
  Math.random = random
  const fill = <T extends ArrayBufferView | null>(array: T): T => {
    if (array) new Uint8Array(array.buffer, array.byteOffset, array.byteLength).forEach((_, i, bytes) => { bytes[i] = random() * 256 })
    return array
  }
  crypto.getRandomValues = fill as typeof crypto.getRandomValues
  if ('randomUUID' in crypto) crypto.randomUUID = () => uuid(fill(new Uint8Array(16)))
}

/** mulberry32, in the public domain. */
function draws(seed: number): () => number {
  let state = seed * 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function uuid(bytes: Uint8Array): `${string}-${string}-${string}-${string}-${string}` {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The page's time, ms since 1970. */
export const pageTime = (): number => clock?.now ?? Date.now()

/** How many timers and frames the page waits for. */
export const waiting = (): number => clock?.countTimers() ?? 0

/** Lets the page's time go on; what its timers throw counts as thrown by the page. */
export function goOn(ms = FRAME_MS): void {
  const end = pageTime() + ms
  while (pageTime() < end) {
    try { clock?.tick(end - pageTime()) } catch (error) { reportError(error) }
    if (!clock) return
  }
}
