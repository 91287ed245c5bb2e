import { Trace, differs } from './trace.ts'
import { PHONE, VIEWPORT, WalkFrame } from './walk-frame.ts'
import type { Difference, Kept } from './trace.ts'
import type { Outcome, Walk, WalkStep } from '../engine/walk.ts'

/**
 * How a walk ended: where it failed, `step` counts from 1 (0: its page did not come). `ms` with the loading of its pages.
 * Of one that went well: what was shown, and what of it is other than it was before. `deeds`: of the stroll, `step` by `step`.
 */
export interface WalkResult extends Pick<Outcome, 'why' | 'saw'> { walk: string; ok: boolean; step: number; ms: number; trace?: Kept; difference?: Difference; deeds?: string[] }

/** In the place of a path: a stroll, which no file describes. */
export const STROLL = 'stroll'
/** The other way round, on a phone, by somebody who leaves the app alone for half an hour after each thing they do. */
export const SLOW_STROLL = 'stroll slowly'
const MAX_DEEDS = 240
const SLOW_DEEDS = 100
/** At the end of a walk what the app still had to do is done, and seen. */
const LATER_MS = 12_000
const HALF_HOUR_MS = 1_800_000

export interface WalksOptions {
  /** Where the app is served for walks, e.g. `http://w-abc.preview.localhost:8000/`. */
  url: string
  /** Takes the hidden frame. */
  home: HTMLElement
  /** What was shown when each walk last went well, by path. */
  before?: Record<string, Kept>
  /** Whether to stroll through the app at the end. */
  stroll?: boolean
  signal?: AbortSignal
  /** Told of each walk as soon as it is over. */
  ended?(result: WalkResult): void
}

const WALK_MS = 10_000
/** So long a browser may keep the process of a page that hangs, and with it every other page of that host. */
const PROCESS_END_MS = 3_000

/**
 * Walks through the app, one walk after the other in one frame; `walks` by path. Ends early, with what there is, when told
 * to. Other tabs that walk through the same app share its storage: one after the other.
 */
export async function runWalks(walks: Record<string, Walk>, options: WalksOptions): Promise<WalkResult[]> {
  const { url, signal } = options
  try {
    return await navigator.locks.request(`walks ${url}`, { ...(signal && { signal }) }, () => runAll(walks, options))
  } catch (error) {
    if (signal?.aborted) return []
    throw error
  }
}

async function runAll(walks: Record<string, Walk>, { url, home, before, stroll, signal, ended }: WalksOptions): Promise<WalkResult[]> {
  const results: WalkResult[] = []
  let frame: WalkFrame | undefined
  const stop = (): void => frame?.close()
  signal?.addEventListener('abort', stop)
  try {
    const ways = Object.entries<Walk | undefined>(walks)
    for (const [path, walk] of stroll ? [...ways, ...[STROLL, SLOW_STROLL].map((path) => [path, undefined] as const)] : ways) {
      if (signal?.aborted) break
      frame ??= new WalkFrame(url, home)
      const go = (on: WalkFrame): Promise<WalkResult> => (walk ? walkThrough(path, walk, on, before?.[path]) : strollThrough(path, on, before?.[path]))
      let result = await go(frame)
      // What was only too slow for a moment, on a machine with other things to do, is as it was the second time.
      if ((!result.ok || result.difference) && !lost(result) && !signal?.aborted) result = await go(frame)
      if (signal?.aborted) break
      results.push(result)
      ended?.(result)
      if (lost(result)) {
        frame.close()
        frame = undefined
        if (result.why === 'stuck') await new Promise((resolve) => { setTimeout(resolve, PROCESS_END_MS) })
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    frame?.close()
  }
  return results
}

/** The frame cannot be used any more. */
const lost = ({ why }: WalkResult): boolean => why === 'stuck' || why === 'no_page' || why === 'slow'

/** Steps that change nothing: what they find was shown before. */
const isExpectation = (step: WalkStep): boolean => 'see' in step || 'not_see' in step || 'stored' in step || 'at' in step

async function walkThrough(path: string, walk: Walk, frame: WalkFrame, before: Kept | undefined): Promise<WalkResult> {
  const began = performance.now()
  let step = 0
  const slow = Promise.withResolvers<Outcome>()
  const trace = new Trace(JSON.stringify(walk.steps))
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = async (later = 0): Promise<Outcome> => {
    const outcome = await frame.look(later)
    if (outcome.shown) trace.add(step, outcome.shown)
    return outcome
  }
  const steps = async (): Promise<Outcome> => {
    if (!(await frame.begin())) return { why: 'no_page', saw: [] }
    timer = setTimeout(() => slow.resolve({ why: 'slow', saw: [] }), WALK_MS)
    let outcome = await look()
    for (const each of walk.steps) {
      if (outcome.why) return outcome
      step++
      outcome = await frame.step(each)
      if (!outcome.why && !isExpectation(each)) outcome = await look()
    }
    return outcome.why ? outcome : look(LATER_MS)
  }
  const { why, saw } = await Promise.race([steps(), slow.promise])
  clearTimeout(timer)
  const ended = { walk: path, step, ms: Math.round(performance.now() - began), saw }
  if (why) return { ...ended, ok: false, why }
  const difference = before && differs(before, trace.kept)
  return { ...ended, ok: true, trace: trace.kept, ...(difference && { difference }) }
}

/** It has no aim, and so it cannot fail: what it shows can be other than before. */
async function strollThrough(path: string, frame: WalkFrame, before: Kept | undefined): Promise<WalkResult> {
  const began = performance.now()
  const slow = path === SLOW_STROLL
  const trace = new Trace(path)
  const deeds: string[] = []
  const done: string[] = []
  const look = async (): Promise<boolean> => {
    const { why, saw, shown = [] } = await frame.look(slow ? HALF_HOUR_MS : 0)
    trace.add(deeds.length, why ? [...shown, `${why} ${saw.join()}\t`] : shown)
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
  return { ...ended(), trace: trace.kept, ...(difference && { difference }) }
}
