/** Everything a page keeps, gone before the app's own code runs: a walk begins as on the first day. */

/** In the frame's name, which outlives the page: the next one is to begin with nothing, and these databases are to go. */
export const MARK = 'sayso:clean:'

/** Called first of all in a page. */
export function cleanIfAsked(): void {
  if (!window.name.startsWith(MARK)) return
  const databases = window.name.slice(MARK.length)
  window.name = ''
  localStorage.clear()
  sessionStorage.clear()
  for (const cookie of document.cookie.split('; ')) document.cookie = `${cookie.split('=')[0]}=; Max-Age=0; Path=/`
  // Asked for before the app opens one of them: the browser keeps the order.
  for (const name of databases === '' ? [] : (JSON.parse(databases) as string[])) indexedDB.deleteDatabase(name)
}

/** Loads `path` with nothing kept. */
export async function beginAnew(path: string): Promise<void> {
  const databases = await indexedDB.databases?.() ?? []
  for (const key of await globalThis.caches?.keys() ?? []) await caches.delete(key)
  window.name = MARK + (databases.length > 0 ? JSON.stringify(databases.map(({ name }) => name)) : '')
  load(path)
}

/** Loads a page of the app, in the place of this one. */
export function load(path: string): void {
  const at = new URL(path, location.origin)
  if (at.href.split('#')[0] !== location.href.split('#')[0]) { location.replace(at); return }
  // Where nothing but the fragment differs, the browser would not load it.
  history.replaceState(null, '', at)
  location.reload()
}
