/**
 * A private window or strict cookie settings forbid storage to pages in a foreign frame, and many apps die of that at
 * their first line. They get one that lives as long as the page.
 */
export function provideStorage(name: 'localStorage' | 'sessionStorage'): boolean {
  try {
    if (window[name]) return false
  } catch { /* refused: that is the case this is for */ }
  Object.defineProperty(window, name, { value: memoryStorage(new Map()), configurable: true })
  return true
}

/** `key` null: all is cleared. `before`, `after`: null where nothing is kept under it. */
export type Changed = (key: string | null, before: string | null, after: string | null) => void

/** What an app takes for a storage of the browser's; `entries` is what it holds. `changed` is told of what becomes different. */
export function memoryStorage(entries: Map<string, string>, changed: Changed = () => undefined): Storage {
  const put = (key: string, value: string): void => {
    const before = entries.get(key) ?? null
    entries.set(key, value)
    if (before !== value) changed(key, before, value)
  }
  const drop = (key: string): void => {
    const before = entries.get(key)
    if (before !== undefined && entries.delete(key)) changed(key, before, null)
  }
  const methods = {
    getItem: (key: string) => entries.get(String(key)) ?? null,
    setItem: (key: string, value: string) => put(String(key), String(value)),
    removeItem: (key: string) => drop(String(key)),
    clear: () => { if (entries.size > 0) { entries.clear(); changed(null, null, null) } },
    key: (index: number) => [...entries.keys()][index] ?? null,
  }
  return new Proxy(methods, {
    get: (target, key) => (key === 'length' ? entries.size : key in target ? target[key as keyof typeof target] : typeof key === 'string' ? entries.get(key) : undefined),
    set: (_, key, value) => { put(String(key), String(value)); return true },
    has: (target, key) => key in target || entries.has(String(key)),
    deleteProperty: (_, key) => { drop(String(key)); return true },
    ownKeys: () => [...entries.keys()],
    getOwnPropertyDescriptor: (_, key) => (entries.has(String(key)) ? { value: entries.get(String(key)), enumerable: true, configurable: true, writable: true } : undefined),
  }) as unknown as Storage
}
