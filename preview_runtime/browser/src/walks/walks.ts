import { laneUrl, lanesFor, sideBySide } from './lanes.ts'
import { Trace, differs } from './trace.ts'
import { PHONE, VIEWPORT, WalkFrame } from './walk-frame.ts'
import type { Difference, Kept } from './trace.ts'
import type { Outcome, Walk, WalkStep } from '../engine/walk.ts'

/**
 * How a walk ended: where it failed, `step` counts from 1 (0: its page did not come). `ms` with the loading of its pages.
 * `trace`: what was shown in one that went well; `difference`: what is other than it was before. `picture`: an SVG of the
 * page where it failed, or was first different. `deeds`: of the stroll, `step` by `step`.
 */
export interface WalkResult extends Pick<Outcome, 'why' | 'saw'> { walk: string; ok: boolean; step: number; ms: number; trace?: Kept; difference?: Difference; picture?: string; deeds?: string[] }

/** In the place of a path: a stroll, which no file describes. */
export const STROLL = 'stroll'
/** The other way round, on a phone, by somebody who leaves the app alone for half an hour after each thing they do. */
export const SLOW_STROLL = 'stroll slowly'
const MAX_DEEDS = 240
const SLOW_DEEDS = 100
/** At the end of a walk what the app still had to do is done, and seen. */
const LATER_MS = 12_000
const HALF_HOUR_MS = 1_800_000
/** Characters of a picture that is kept with its walk. */
const MOST_PICTURE = 1_500_000

export interface WalksOptions {
  /** Where the app is served for walks, e.g. `http://w-abc.preview.localhost:8000/`. */
  url: string
  /** Takes the hidden frames. */
  home: HTMLElement
  /** What was shown when each walk last went well, by path. */
  before?: Record<string, Kept>
  /** Whether to stroll through the app at the end. */
  stroll?: boolean
  /** How many walks go side by side; by the number of processors where it is not said. */
  lanes?: number
  signal?: AbortSignal
  /** Awaited before each walk: what is outside the browser begins anew. */
  begins?(): Promise<void>
  /** Told of each walk as soon as it is over. */
  ended?(result: WalkResult): void
}

const WALK_MS = 10_000
const ALONE_MS = 20_000
/** So long a browser may keep the process of a page that hangs, and with it every other page of that host. */
const PROCESS_END_MS = 3_000

/** Who holds it has the storage of the app's address for walks for themselves. */
export const lockOf = (url: string): string => `walks ${url}`

/**
 * Walks through the app, some walks side by side; `walks` by path, and the results in their order. Ends early, with what
 * there is, when told to. Other tabs that walk through the same app share its storage: one after the other.
 */
export async function runWalks(walks: Record<string, Walk>, options: WalksOptions): Promise<WalkResult[]> {
  const { url, signal } = options
  try {
    return await navigator.locks.request(lockOf(url), { ...(signal && { signal }) }, () => runAll(walks, options))
  } catch (error) {
    if (signal?.aborted) return []
    throw error
  }
}

/** A walk by its path, or a stroll. */
type Way = readonly [string, Walk | undefined]

async function runAll(walks: Record<string, Walk>, { url, home, before, stroll, lanes, signal, begins, ended }: WalksOptions): Promise<WalkResult[]> {
  const ways: Way[] = Object.entries(walks)
  if (stroll) ways.push([STROLL, undefined], [SLOW_STROLL, undefined])
  const results = new Map<string, WalkResult>()
  const frames = new Map<number, WalkFrame>()
  const lostOnes: Way[] = []
  const stop = (): void => { for (const frame of frames.values()) frame.close() }
  signal?.addEventListener('abort', stop)
  const walkIn = async (way: Way, lane: number, last: boolean): Promise<void> => {
    const [path, walk] = way
    if (signal?.aborted) return
    const go = async (drawn?: number): Promise<WalkResult> => {
      await begins?.()
      const frame = frames.get(lane) ?? new WalkFrame(laneUrl(url, lane), home)
      frames.set(lane, frame)
      return walk ? walkThrough(path, walk, frame, { before: before?.[path], drawn, most: last ? ALONE_MS : WALK_MS }) : strollThrough(path, frame, { before: before?.[path], drawn })
    }
    let result = await go()
    if ((!result.ok || result.difference) && !lost(result) && !signal?.aborted) result = await go(result.difference?.step)
    if (signal?.aborted) return
    if (lost(result)) {
      frames.get(lane)?.close()
      frames.delete(lane)
      if (result.why === 'stuck') await new Promise((resolve) => { setTimeout(resolve, PROCESS_END_MS) })
      if (!last) { lostOnes.push(way); return }
    }
    results.set(path, result)
    ended?.(result)
  }
  try {
    await sideBySide(ways, lanes ?? lanesFor(ways.length), (way, lane) => walkIn(way, lane, false))
    // What took too long beside others, on a machine with other things to do, may go well alone.
    for (const way of lostOnes) await walkIn(way, 1, true)
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
  return ways.flatMap(([path]) => results.get(path) ?? [])
}

/** The frame cannot be used any more. */
const lost = ({ why }: Pick<WalkResult, 'why'>): boolean => why === 'stuck' || why === 'no_page' || why === 'slow'

/** Steps that change nothing: what they find was shown before. */
const isExpectation = (step: WalkStep): boolean => 'see' in step || 'not_see' in step || 'stored' in step || 'at' in step

/** `before`: what was shown then. `drawn`: the step after which a picture is taken. */
interface WayOptions { before?: Kept; drawn?: number }

async function walkThrough(path: string, walk: Walk, frame: WalkFrame, { before, drawn, most }: WayOptions & { most: number }): Promise<WalkResult> {
  const began = performance.now()
  let step = 0
  const slow = Promise.withResolvers<Outcome>()
  const trace = new Trace(JSON.stringify(walk.steps))
  let timer: ReturnType<typeof setTimeout> | undefined
  let picture: string | undefined
  let tab = frame
  const look = async (later = 0): Promise<Outcome> => {
    const outcome = await tab.look(later)
    if (outcome.shown) trace.add(step, outcome.shown)
    if (step === drawn) picture ??= await pictureOf(tab)
    return outcome
  }
  const steps = async (): Promise<Outcome> => {
    if (!(await frame.begin())) return { why: 'no_page', saw: [] }
    timer = setTimeout(() => slow.resolve({ why: 'slow', saw: [] }), most)
    let outcome = await look()
    for (const each of walk.steps) {
      if (outcome.why) return outcome
      step++
      const next = 'tab' in each ? await frame.tab(each.tab) : tab
      if (!next) return { why: 'no_page', saw: [] }
      tab = next
      outcome = await tab.step(each)
      if (!outcome.why && !isExpectation(each)) outcome = await look()
    }
    return outcome.why ? outcome : look(LATER_MS)
  }
  const { why, saw } = await Promise.race([steps(), slow.promise])
  clearTimeout(timer)
  const ended = { walk: path, step, ms: Math.round(performance.now() - began), saw }
  const difference = before && differs(before, trace.kept, why === undefined)
  if (why) {
    if (!lost({ why })) picture = await pictureOf(tab)
    return { ...ended, ok: false, why, ...(difference && { difference }), ...(picture && { picture }) }
  }
  return { ...ended, ok: true, trace: trace.kept, ...(difference && { difference, ...(picture && { picture }) }) }
}

/** It has no aim, and so it cannot fail: what it shows can be other than before. */
async function strollThrough(path: string, frame: WalkFrame, { before, drawn }: WayOptions): Promise<WalkResult> {
  const began = performance.now()
  const slow = path === SLOW_STROLL
  const trace = new Trace(path)
  const deeds: string[] = []
  const done: string[] = []
  let picture: string | undefined
  const look = async (): Promise<boolean> => {
    const { why, saw, shown = [] } = await frame.look(slow ? HALF_HOUR_MS : 0)
    trace.add(deeds.length, why ? [...shown, `${why} ${saw.join()}\t`] : shown)
    if (deeds.length === drawn) picture ??= await pictureOf(frame)
    return why === undefined
  }
  const ended = (): WalkResult => ({ walk: path, ok: true, step: deeds.length, ms: Math.round(performance.now() - began), saw: [], deeds })
  if (!(await frame.begin(slow ? PHONE : VIEWPORT))) return { ...ended(), ok: false, why: 'no_page' }
  for (let goes = await look(); goes && deeds.length < (slow ? SLOW_DEEDS : MAX_DEEDS); goes = await look()) {
    const { saw: [key, words], why } = await frame.stroll(done, slow)
    if (why || key === undefined) break
    done.push(key)
    deeds.push(words ?? '')
  }
  const difference = before && differs(before, trace.kept)
  return { ...ended(), trace: trace.kept, ...(difference && { difference, ...(picture && { picture }) }) }
}

async function pictureOf(frame: WalkFrame): Promise<string | undefined> {
  const drawn = await frame.picture()
  return drawn !== '' && drawn.length <= MOST_PICTURE ? drawn : undefined
}
