import { HELD } from './messages.ts'
import { provide } from './sent-modules.ts'

/** The page that waits: it loads and runs the packages while the app is still being written, and starts the app when all of it is there. */

let spoiled = false

const preload = (address: string): void => {
  const link = Object.assign(document.createElement('link'), { rel: 'modulepreload', href: address })
  // The browser remembers a module that could not be loaded: this page cannot have it any more.
  link.addEventListener('error', () => { spoiled = true })
  document.head.append(link)
}

/** Runs `packages` and fetches `preloads`. A package that fails does so again for the app that imports it. */
export function prepare(packages: string[], preloads: string[]): void {
  preloads.forEach(preload)
  for (const address of packages) (import(address) as Promise<unknown>).catch(() => { spoiled = true })
}

/**
 * Puts the held scripts into effect, at `path`, as if the page had been loaded just now. Where that is not certain to do the
 * same, it is loaded. `texts` are the modules that the page was not told of before.
 */
export function begin(path: string, entries: string[], preloads: string[], texts?: Record<string, string>): void {
  const held = [...document.querySelectorAll<HTMLScriptElement>(`script[type="${HELD}"]`)]
  if (spoiled || held.length !== entries.length) { location.replace(path); return }
  history.replaceState(history.state, '', path)
  if (texts) provide(texts)
  preloads.forEach(preload)
  held.forEach((old, i) => {
    const script = document.createElement('script')
    for (const { name, value } of old.attributes) script.setAttribute(name, value)
    // The address of a script itself goes past import maps.
    if (texts) script.removeAttribute('src')
    Object.assign(script, { type: 'module', async: false }, texts ? { textContent: `import ${JSON.stringify(entries[i])}` } : { src: entries[i] })
    old.replaceWith(script)
  })
  // Scripts that are not `async` run in order: this one after the entries.
  document.body.append(Object.assign(document.createElement('script'), { type: 'module', async: false, textContent: 'globalThis.__sayso_entered?.()' }))
}
