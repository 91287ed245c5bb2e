import { memoryStorage } from '../preview/storage.ts'
import { goOn, pageTime } from './clock.ts'

/**
 * Several tabs of an app: frames side by side in the workbench, at one address. What one keeps the others have at once and
 * are told of, as by the browser's own storage; and the time of that which went on is everybody's.
 */

interface Shared { local: Map<string, string>; time(): number; told(key: string | null, before: string | null, after: string | null): void }

declare global {
  interface Window { __sayso_tab?: Shared }
}

/** The other tabs. Frames of another address than ours do not let themselves be asked. */
function others(): Shared[] {
  const found: Shared[] = []
  for (let i = 0; i < window.parent.length; i++) {
    const frame = window.parent[i]!
    try { if (frame !== window && frame.__sayso_tab) found.push(frame.__sayso_tab) } catch { /* somebody else's */ }
  }
  return found
}

/** The tab that knows the latest time; undefined where this is the only one. */
export const sharedWith = (): Shared | undefined => others().reduce<Shared | undefined>((latest, one) => (latest && latest.time() >= one.time() ? latest : one), undefined)

/** A storage of ours. `local`: what is written into it is told to the other tabs, and what they write to this one. */
export function sharedStorage(entries: Map<string, string>, local: boolean): Storage {
  if (!local) return memoryStorage(entries)
  const told = (key: string | null, before: string | null, after: string | null): void => {
    if (key === null) entries.clear()
    else if (after === null) entries.delete(key)
    else entries.set(key, after)
    window.dispatchEvent(new StorageEvent('storage', { key, oldValue: before, newValue: after, storageArea: null, url: location.href }))
  }
  Object.defineProperty(window, '__sayso_tab', { value: { local: entries, time: pageTime, told } satisfies Shared, configurable: true })
  return memoryStorage(entries, (key, before, after) => { for (const tab of others()) tab.told(key, before, after) })
}

/** Lets as much time pass as did in the tab that somebody was in. */
export function catchUp(): void {
  const behind = (sharedWith()?.time() ?? 0) - pageTime()
  if (behind > 0) goOn(behind)
}
