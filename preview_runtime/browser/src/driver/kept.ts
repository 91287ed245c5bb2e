import { WALKED } from '../preview/messages.ts'
import { sharedStorage, sharedWith } from './tabs.ts'
import { pageTime, provideClock } from './clock.ts'
import type { ProvideClock } from './clock.ts'

/**
 * What a page keeps while it is walked through: a storage that is ours, so that it begins empty, outlives a reload and is
 * the same where the browser forbids storage in frames. It lies in the frame's name, which the next page has as well.
 */
let mark = WALKED
const AREAS = ['localStorage', 'sessionStorage'] as const

/**
 * `databases`: those to be deleted before the app opens one. `trail`: the pages so far, the present one last. `time`: the
 * page's, ms since 1970. `page`: how many there were before. `whole`: what the local
 * storage held at its fullest, before it was `spoilt`.
 */
interface Kept { areas: [string, string][][]; databases: string[]; trail: string[]; time?: number; page: number; whole?: Record<string, string>; spoilt?: boolean; tab?: boolean }

let anew = false
let trail: string[] = []
let whole: Record<string, string> = {}
let spoilt = false

/** Takes note of what the app keeps, the most of each that there was: what is empty cannot be spoilt. */
export function remember(): void {
  if (spoilt) return
  for (const [name, text] of Object.entries(localStorage)) if (text.length >= (whole[name]?.length ?? 0)) whole[name] = text
}

export const isSpoilt = (): boolean => spoilt

/** What the app kept at its fullest; from now on nothing is added. */
export function wasKept(): Record<string, string> {
  spoilt = true
  return whole
}

/** Called first of all in a page. `marked`: how the name of its frame begins; `provideTime`: what gives it a clock. */
export function provideKept(marked = mark, provideTime: ProvideClock = provideClock): void {
  mark = marked
  const { areas, databases, trail: before, time, page, whole: earlier, spoilt: already, tab } = kept()
  whole = earlier ?? {}
  spoilt = already ?? false
  const others = tab ? sharedWith() : undefined
  provideTime(others?.time() ?? time, page)
  trail = before.at(-1) === location.href ? before : [...before, location.href]
  const maps = [new Map(others?.local ?? areas[0]), new Map(areas[1])] as const
  AREAS.forEach((area, i) => { Object.defineProperty(window, area, { value: sharedStorage(maps[i]!, i === 0), configurable: true }) })
  if (!tab && (databases.length > 0 || areas.length === 0)) {
    for (const cookie of document.cookie.split('; ')) document.cookie = `${cookie.split('=')[0]}=; Max-Age=0; Path=/`
  }
  // Asked for before the app opens one of them: the browser keeps the order.
  for (const name of databases) indexedDB.deleteDatabase(name)
  window.name = ''
  // At `pagehide` the next page may have its name already.
  for (const end of ['beforeunload', 'pagehide']) window.addEventListener(end, () => { if (!anew) keep({ areas: maps.map((map) => [...map]), databases: [], trail, time: pageTime(), page: page + 1, whole, spoilt }) })
}

function kept(): Kept {
  try {
    if (window.name.startsWith(mark)) return JSON.parse(window.name.slice(mark.length)) as Kept
  } catch { /* the app wrote its own name */ }
  return { areas: [], databases: [], trail: [], page: 0 }
}

const keep = (what: Kept): void => { window.name = mark + JSON.stringify(what) }

/** Loads `path` with nothing kept. */
export async function beginAnew(path: string): Promise<void> {
  // A browser that forbids storage in frames forbids these as well.
  const databases = await indexedDB.databases?.().catch(() => []) ?? []
  for (const key of await globalThis.caches?.keys().catch(() => []) ?? []) await caches.delete(key)
  anew = true
  keep({ areas: [], databases: databases.flatMap(({ name }) => name ?? []), trail: [], page: 0 })
  load(path)
}

/** Loads the page before this one. The frame's own history has it only where a person's hand led here. */
export function loadEarlier(): boolean {
  const earlier = trail.at(-2)
  if (earlier === undefined) return false
  trail = trail.slice(0, -1)
  load(earlier)
  return true
}

/** Loads a page of the app, in the place of this one. */
export function load(path: string): void {
  const at = new URL(path, location.origin)
  if (at.href.split('#')[0] !== location.href.split('#')[0]) { location.replace(at); return }
  // Where nothing but the fragment differs, the browser would not load it.
  history.replaceState(null, '', at)
  location.reload()
}
