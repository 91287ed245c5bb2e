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

/** What an app takes for a storage of the browser's; `entries` is what it holds. */
export function memoryStorage(entries: Map<string, string>): Storage {
  const methods = {
    getItem: (key: string) => entries.get(String(key)) ?? null,
    setItem: (key: string, value: string) => { entries.set(String(key), String(value)) },
    removeItem: (key: string) => { entries.delete(String(key)) },
    clear: () => entries.clear(),
    key: (index: number) => [...entries.keys()][index] ?? null,
  }
  return new Proxy(methods, {
    get: (target, key) => (key === 'length' ? entries.size : key in target ? target[key as keyof typeof target] : typeof key === 'string' ? entries.get(key) : undefined),
    set: (_, key, value) => { entries.set(String(key), String(value)); return true },
    has: (target, key) => key in target || entries.has(String(key)),
    deleteProperty: (_, key) => { entries.delete(String(key)); return true },
    ownKeys: () => [...entries.keys()],
    getOwnPropertyDescriptor: (_, key) => (entries.has(String(key)) ? { value: entries.get(String(key)), enumerable: true, configurable: true, writable: true } : undefined),
  }) as unknown as Storage
}
