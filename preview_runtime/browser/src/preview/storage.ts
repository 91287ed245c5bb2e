/**
 * A private window or strict cookie settings forbid storage to pages in a foreign frame, and many apps die of that at
 * their first line. They get one that lives as long as the page.
 */
export function provideStorage(name: 'localStorage' | 'sessionStorage'): boolean {
  try {
    if (window[name]) return false
  } catch { /* refused: that is the case this is for */ }
  const entries = new Map<string, string>()
  const methods = {
    getItem: (key: string) => entries.get(String(key)) ?? null,
    setItem: (key: string, value: string) => { entries.set(String(key), String(value)) },
    removeItem: (key: string) => { entries.delete(String(key)) },
    clear: () => entries.clear(),
    key: (index: number) => [...entries.keys()][index] ?? null,
  }
  const storage = new Proxy(methods, {
    get: (target, key) => (key === 'length' ? entries.size : key in target ? target[key as keyof typeof target] : typeof key === 'string' ? entries.get(key) : undefined),
    set: (_, key, value) => { entries.set(String(key), String(value)); return true },
    has: (target, key) => key in target || entries.has(String(key)),
    deleteProperty: (_, key) => { entries.delete(String(key)); return true },
    ownKeys: () => [...entries.keys()],
    getOwnPropertyDescriptor: (_, key) => (entries.has(String(key)) ? { value: entries.get(String(key)), enumerable: true, configurable: true, writable: true } : undefined),
  })
  Object.defineProperty(window, name, { value: storage, configurable: true })
  return true
}
