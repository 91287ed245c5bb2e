import { lockOf } from './walks.ts'
import { VIEWPORT, WalkFrame } from './walk-frame.ts'
import type { Outcome, WalkStep } from '../engine/walk.ts'

/** A look at the app from outside: with nothing stored, after some steps, beside the app that the person uses. */

export interface LookOptions {
  /** Where the app is served for walks. */
  url: string
  /** Takes the hidden frame. */
  home: HTMLElement
  /** Of its window, CSS pixels. */
  width: number
  /** Whether a picture is wanted. */
  picture: boolean
}

/**
 * What came of it. `step`: the one that failed, from 1, with `why` and what it `saw` instead. `shown`: what can be seen, a
 * line an element. `picture`: a PNG or JPEG in Base64, "" where there is none.
 */
export interface LookedAt extends Pick<Outcome, 'why' | 'saw'> { step: number; shown: string[]; picture: string }

const LOOK_MS = 15_000
const MOST_LINES = 400
const MOST_CHARACTERS = 400
const MOST_PICTURE = 900_000
const NO_PAGE: LookedAt = { why: 'no_page', step: 0, saw: [], shown: [], picture: '' }

export function lookAt(steps: WalkStep[], { url, home, width, picture }: LookOptions): Promise<LookedAt> {
  return navigator.locks.request(lockOf(url), async () => {
    const frame = new WalkFrame(url, home)
    const slow = Promise.withResolvers<LookedAt>()
    const timer = setTimeout(() => slow.resolve({ ...NO_PAGE, why: 'slow' }), LOOK_MS)
    try {
      return await Promise.race([walked(frame, steps, width, picture), slow.promise])
    } finally {
      clearTimeout(timer)
      frame.close()
    }
  })
}

async function walked(frame: WalkFrame, steps: WalkStep[], width: number, picture: boolean): Promise<LookedAt> {
  if (!(await frame.begin())) return NO_PAGE
  let outcome = await frame.step({ viewport: { width, height: VIEWPORT.height } })
  let step = 0
  for (const each of steps) {
    if (outcome.why) break
    step++
    outcome = await frame.step(each)
  }
  const failed = outcome.why !== undefined
  // What failed is seen where it failed.
  const seen = await frame.look(0)
  const drawn = picture ? await pixels(await frame.picture(), width, VIEWPORT.height) : ''
  const { why, saw } = failed ? outcome : seen
  return { ...(why && { why }), step: failed ? step : why ? steps.length : 0, saw, shown: words(seen.shown ?? []), picture: drawn }
}

/** Without the looks, and without what nobody sees. */
function words(shown: string[]): string[] {
  return shown.map((line) => line.slice(0, Math.max(0, line.indexOf('\t'))).slice(0, MOST_CHARACTERS)).filter((line) => line !== '').slice(0, MOST_LINES)
}

/** A drawing as a picture. It is the app's, and an image runs nothing. */
async function pixels(svg: string, width: number, height: number): Promise<string> {
  if (svg === '') return ''
  try {
    const image = new Image()
    // Of a blob's address a browser gives no pixels.
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    const surface = canvas.getContext('2d')!
    surface.fillStyle = '#ffffff'
    surface.fillRect(0, 0, width, height)
    surface.drawImage(image, 0, 0)
    const png = base64(canvas.toDataURL('image/png'))
    const small = png.length <= MOST_PICTURE ? png : base64(canvas.toDataURL('image/jpeg', 0.8))
    return small.length <= MOST_PICTURE ? small : ''
  } catch {
    return '' // what is no drawing, or holds what this browser shows nobody
  }
}

const base64 = (address: string): string => address.slice(address.indexOf(',') + 1)
