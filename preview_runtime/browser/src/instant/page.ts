import { applyEdits } from './files/edits.ts'
import { attribute, escapeAttribute, tags } from './text/html.ts'
import { hash } from './files/hash.ts'
import { HELD, WRITTEN_AT } from '../preview/messages.ts'
import type { Build } from '../preview/messages.ts'
import { join } from './files/paths.ts'
import type { Edit } from './files/edits.ts'
import type { Tag } from './text/html.ts'

/** An HTML file of the project and what it loads. */
export interface Page {
  path: string
  source: string
  scripts: { path: string; tag: Tag }[]
  /** Module scripts written into the page; each becomes a module of its own. */
  inline: { path: string; source: string; tag: Tag }[]
  stylesheets: { path: string; tag: Tag }[]
  /** Classic scripts that are files of the project: served unchanged. */
  classic: string[]
  styles: { path: string; source: string; tag: Tag }[]
}

const local = (address: string | undefined): address is string => address !== undefined && address !== '' && !/^(?:[a-z][a-z+.-]*:|\/\/|#)/i.test(address)
const clean = (address: string): string => address.replace(/[?#].*$/, '')

export function readPage(path: string, source: string): Page {
  const page: Page = { path, source, scripts: [], inline: [], stylesheets: [], classic: [], styles: [] }
  for (const tag of tags(source)) {
    if (tag.closing) continue
    if (tag.name === 'script') {
      const address = attribute(tag, 'src')
      const isModule = attribute(tag, 'type')?.trim().toLowerCase() === 'module'
      if (isModule && local(address)) page.scripts.push({ path: join(path, clean(address)), tag })
      else if (isModule && address === undefined) page.inline.push({ path: `${path}@${page.inline.length}.js`, source: source.slice(tag.end, tag.textEnd), tag })
      else if (local(address)) page.classic.push(join(path, clean(address)))
    } else if (tag.name === 'link' && local(attribute(tag, 'href')) && /(?:^|\s)stylesheet(?:\s|$)/i.test(attribute(tag, 'rel') ?? '')) {
      page.stylesheets.push({ path: join(path, clean(attribute(tag, 'href')!)), tag })
    } else if (tag.name === 'style') page.styles.push({ path: `${path}@style${page.styles.length}.css`, source: source.slice(tag.end, tag.textEnd), tag })
  }
  return page
}

export interface PageParts {
  env: Record<string, string | boolean>
  /** Path of a script or style sheet as written → its served address. */
  address(path: string): string | undefined
  style(path: string): string | undefined
  preloads: string[]
  stylesheets: string[]
  /** Origin of the page that shows the preview; empty for a page nobody watches. */
  builder: string
  /** What the page says it was loaded from; absent where nobody asks. */
  build?: Build
  refresh: boolean
  /** The entry scripts wait until the builder says that the whole app is there. */
  waiting?: boolean
}

/**
 * Whether an app cannot notice that it starts some time after its page was loaded: the page has only module scripts,
 * and nothing waits for its load event.
 */
export function canWait(page: Page): boolean {
  const scripts = tags(page.source).filter((tag) => tag.name === 'script' && !tag.closing && !/^application\/(?:ld\+)?json$/i.test(attribute(tag, 'type')?.trim() ?? ''))
  return scripts.length > 0 && scripts.length === page.scripts.length && scripts.every((tag) => attribute(tag, 'async') === undefined)
    && page.stylesheets.length === 0 && !watchesLoading(page.source) && !page.styles.some((style) => style.source.includes('@'))
}

/** Whether a text refers to the loading of the page, which is over when the app in a waiting page starts. */
export const watchesLoading = (text: string): boolean => /DOMContentLoaded|readyState|\bonload\b|["'`](?:load|pageshow)["'`]/.test(text)

/** No place of their own: what they hold is no element of the page, or none that shows. */
const UNPLACED = new Set(['html', 'head', 'meta', 'link', 'base', 'title', 'script', 'style', 'noscript'])

/**
 * Gives each element its place. The first script of the page takes the attributes off as the elements arrive, before
 * any other script can see them. What a `template` holds would not arrive: it has none.
 */
function placeMarks(all: Tag[]): Edit[] {
  let inside = 0
  return all.flatMap(({ name, closing, start }) => {
    if (name === 'template') inside = Math.max(0, inside + (closing ? -1 : 1))
    if (closing || inside > 0 || UNPLACED.has(name)) return []
    const at = start + 1 + name.length
    return [{ start: at, end: at, text: ` ${WRITTEN_AT}="${start}"` }]
  })
}

/**
 * The page as served: the capture script first in the head, then react-refresh (before any React), then the preloads.
 */
export function renderPage(page: Page, parts: PageParts): string {
  const html = page.source
  const edits: Edit[] = []
  for (const { path, tag } of [...page.scripts, ...page.stylesheets]) {
    const address = parts.address(path)
    const written = tag.attributes.find((a) => a.name === 'src' || a.name === 'href')
    const type = tag.attributes.find((a) => a.name === 'type')
    if (parts.waiting && type) edits.push({ start: type.start, end: type.end, text: `type="${HELD}"` })
    else if (address !== undefined && written) edits.push({ start: written.start, end: written.end, text: `${written.name}="${escapeAttribute(address)}"` })
  }
  for (const { path, tag } of page.inline) {
    edits.push({ start: tag.end - 1, end: tag.end - 1, text: ` src="${escapeAttribute(parts.address(path) ?? path)}"` }, { start: tag.end, end: tag.textEnd, text: '' })
  }
  for (const { path, tag } of page.styles) {
    const css = parts.style(path)
    if (css !== undefined) edits.push({ start: tag.end, end: tag.textEnd, text: css })
  }
  const all = tags(html)
  if (parts.builder) edits.push(...placeMarks(all))
  const head = all.find((tag) => tag.name === 'head' && !tag.closing) ?? all.find((tag) => tag.name === 'html' && !tag.closing)
  const doctype = /^\s*<!doctype[^>]*>/i.exec(html)
  // A map of imports counts only before the first module.
  const map = all.findLast((tag) => tag.name === 'script' && !tag.closing && attribute(tag, 'type')?.trim().toLowerCase() === 'importmap')
  const mapEnd = map && html.indexOf('>', map.textEnd) + 1
  const at = mapEnd || (head?.end ?? doctype?.[0].length ?? 0)
  const builder = parts.builder ? ` data-page="${escapeAttribute(page.path)}" data-hash="${hash(html)}" data-builder="${escapeAttribute(parts.builder)}"${parts.build ? ` data-build="${escapeAttribute(JSON.stringify(parts.build))}"` : ''}` : ''
  const inserted = [
    `<script src="/@sayso/capture.js"${builder}${parts.waiting ? ' data-waiting' : ''}></script>`,
    parts.refresh ? '<script type="module" src="/@sayso/refresh.js"></script><link rel="modulepreload" href="/@sayso/client.js">' : '<script type="module" src="/@sayso/client.js"></script>',
    ...parts.stylesheets.map((address) => `<link rel="stylesheet" href="${escapeAttribute(address)}">`),
    ...parts.preloads.map((address) => `<link rel="modulepreload" href="${escapeAttribute(address)}">`),
  ].join('')
  edits.push({ start: at, end: at, text: inserted })
  // Module scripts run in order: this one runs after the entry and marks that from then on the page shows the app.
  const last = all.findLast((tag) => tag.name === 'body' && tag.closing)
  if (!parts.waiting) edits.push({ start: last?.start ?? html.length, end: last?.start ?? html.length, text: '<script type="module">globalThis.__sayso_entered?.()</script>' })
  return applyEdits(html, edits).replace(/%(\w+)%/g, (whole, name: string) => (name in parts.env ? escapeAttribute(String(parts.env[name])) : whole))
}
