/** The name at which scripts of the page find what stands for `window`, `location` and `history`. */
export const PLACE = '__single'

/** What the name of each free global becomes in scripts of the page. */
export const ADDRESSES: Record<string, string> = Object.fromEntries([
  ...['location', 'window.location', 'self.location', 'globalThis.location', 'document.location'].map((name) => [name, `${PLACE}.location`]),
  ...['history', 'window.history', 'self.history', 'globalThis.history'].map((name) => [name, `${PLACE}.history`]),
  ['document.defaultView', `${PLACE}.view`],
])

/** Also for a script that writes addresses: it may take both from a name that it gave the window. */
export const WRITES_ADDRESSES = /\b(?:pushState|replaceState)\b/
export const WINDOW: Record<string, string> = { ...ADDRESSES, window: `${PLACE}.view`, self: `${PLACE}.view` }

/** Whether an app has addresses of its own, as far as the text of its page and its scripts tells. */
export const HAS_ADDRESSES = /\b(?:pushState|replaceState)\b|\blocation\.(?:pathname|search|href|assign|replace)\b|<a\s[^>]*\bhref=["']?\/(?!\/)|\bhref:\s*["'`]\/(?!\/)/

/**
 * Runs in the page before everything else, as text: it names nothing outside itself.
 *
 * A file has one address, `…/app.html`, and an app's own, `/about`, mean nothing there: browsers refuse to write them. So
 * they are kept in the fragment, `…/app.html#~/about`, and the app reads and writes them as if it lay at the root of a
 * site. `window.location` cannot be replaced (`LegacyUnforgeable`): the scripts are told another name.
 */
export function addresses(name: string): void {
  const real = window.location
  const past = window.history
  const hosted = /^https?:/.test(real.protocol)
  const base = hosted ? real.origin : 'http://page'
  const shown = hosted ? real.origin : 'file://'
  const at = (): URL => new URL(real.hash.startsWith('#~/') ? real.hash.slice(2) : `/${real.hash}`, base)
  const path = (url: URL): string => url.pathname + url.search + url.hash
  /** The app's own address that is meant; undefined for one elsewhere. */
  const own = (to: unknown): URL | undefined => {
    const url = new URL(String(to), at())
    if (!hosted && url.protocol === 'file:') return new URL(path(url), base)
    return url.origin === base ? url : undefined
  }
  const kept = (url: URL): string => real.href.split('#')[0] + (url.pathname + url.search === '/' ? url.hash : `#~${path(url)}`)
  const go = (to: unknown, replaces = false): void => {
    const url = own(to)
    if (!url) return replaces ? real.replace(String(to)) : real.assign(String(to))
    const before = at()
    const within = url.hash !== '' && url.pathname + url.search === before.pathname + before.search
    if (within) {
      if (replaces) real.replace(kept(url))
      else real.assign(kept(url))
      document.getElementById(decodeURIComponent(url.hash.slice(1)))?.scrollIntoView()
      return
    }
    past[replaces ? 'replaceState' : 'pushState'](null, '', kept(url))
    real.reload()
  }
  let written = false
  const write = (how: 'pushState' | 'replaceState') => (state: unknown, title: string, to?: unknown): void => {
    written = true
    const url = to === undefined || to === null ? undefined : own(to)
    past[how](state, title, url ? kept(url) : (to as string | null | undefined))
  }
  const location = {
    get href() { return shown + path(at()) },
    set href(to) { go(to) },
    get pathname() { return at().pathname },
    set pathname(to) { go(Object.assign(at(), { pathname: to })) },
    get search() { return at().search },
    set search(to) { go(Object.assign(at(), { search: to })) },
    get hash() { return at().hash },
    set hash(to) { go(Object.assign(at(), { hash: to })) },
    get origin() { return shown },
    get protocol() { return hosted ? real.protocol : 'file:' },
    get host() { return hosted ? real.host : '' },
    get hostname() { return hosted ? real.hostname : '' },
    get port() { return hosted ? real.port : '' },
    assign: (to: unknown) => go(to),
    replace: (to: unknown) => go(to, true),
    reload: () => real.reload(),
    toString() { return this.href },
  }
  const history = {
    get length() { return past.length },
    get state(): unknown { return past.state },
    get scrollRestoration() { return past.scrollRestoration },
    set scrollRestoration(to) { past.scrollRestoration = to },
    back: () => past.back(),
    forward: () => past.forward(),
    go: (by?: number) => past.go(by),
    pushState: write('pushState'),
    replaceState: write('replaceState'),
  }
  const bound = new Map<unknown, unknown>()
  const view: Window = new Proxy(window, {
    get(target, key) {
      if (key === 'location') return location
      if (key === 'history') return history
      if (key === 'window' || key === 'self') return view
      const value: unknown = Reflect.get(target, key)
      // A method of the window asks for the window itself; a class is no method.
      if (typeof value !== 'function' || value.prototype !== undefined) return value
      if (!bound.has(value)) bound.set(value, value.bind(target))
      return bound.get(value)
    },
    set(target, key, value) {
      if (key === 'location') go(value)
      else Reflect.set(target, key, value)
      return true
    },
  })
  Object.defineProperty(window, name, { value: { view, history, get location() { return location }, set location(to: unknown) { go(to) } } })
  // An app that writes none of its addresses is loaded for each, on the way back as well.
  const loaded = at()
  window.addEventListener('popstate', () => { if (!written && at().pathname + at().search !== loaded.pathname + loaded.search) real.reload() })
  // A link that no script of the app took leads to its own page, as a server's would.
  window.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement && one.hasAttribute('href')) as HTMLAnchorElement | undefined
    const to = link?.getAttribute('href')?.trim() ?? ''
    if (!link || /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(to) || (link.target && link.target !== '_self') || link.hasAttribute('download')) return
    if (to.startsWith('#') && !real.hash.startsWith('#~/')) return
    event.preventDefault()
    go(to)
  })
}
