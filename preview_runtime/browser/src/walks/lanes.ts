/**
 * Walks go side by side, each in a lane: an address of the app's own, and so a storage, a process and a processor of its own.
 */

/** More of them than processors wait for each other; each keeps a process of about 100 MB for as long as it is needed. */
const MOST_LANES = 4

/** How many lanes `walks` walks are worth: the first page of a lane takes as long as a walk. */
export const lanesFor = (walks: number): number => Math.max(1, Math.min(MOST_LANES, navigator.hardwareConcurrency || 1, Math.ceil(walks / 2)))

/** Where lane `number`, from 1, finds the app; `url` is that of its walks. All are as long: an app may show its address. */
export const laneUrl = (url: string, number: number): string => url.replace('//w-', `//w${number}-`)

/** Gives each of `all`, in their order, to the lane that is free next. Ends with the first that fails. */
export async function sideBySide<T>(all: readonly T[], lanes: number, walk: (one: T, lane: number) => Promise<void>): Promise<void> {
  const left = all.values()
  const go = async (lane: number): Promise<void> => { for (const one of left) await walk(one, lane) }
  await Promise.all(Array.from({ length: lanes }, (_, i) => go(i + 1)))
}
