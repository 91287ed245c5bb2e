import { applyEdits } from './files/edits.ts'
import { phrase } from '../engine/phrase.ts'
import { attribute, tags, type Tag } from './text/html.ts'
import { ADDRESSES, addresses, HAS_ADDRESSES, PLACE, WINDOW, WRITES_ADDRESSES } from './single/addresses.ts'
import type { BuildFailure, Plugin } from 'esbuild'
import type { Bundled } from './bundle.ts'
import type { OutputFile } from '../engine/engine.ts'
import type { Edit } from './files/edits.ts'

/**
 * An output for visitors as one page that needs no server: its modules and packages are one script in it, and what it
 * shows lies in it as data. `files` has the packages beside the output, below `/@deps/`. What the page asks of other
 * sites stays an address. An app with addresses of its own starts at its first one, wherever the page lies.
 */
export async function single(files: Record<string, OutputFile>): Promise<Bundled> {
  const page = files['/index.html']
  if (!page) return { status: 'fault', fault: { kind: 'build', code: 'no-page', says: phrase('engine.no_page') } }
  try { return { status: 'built', files: { '/index.html': { type: 'text/html', body: await joined(textOf(page), files) } } } } catch (error) {
    const reason = (error as BuildFailure).errors?.[0]?.text ?? (error as Error).message
    return { status: 'fault', fault: { kind: 'build', code: 'bundle', says: phrase('engine.bundle', { reason }) } }
  }
}

const PAGE = '/@single.js'
/** What modules ask of the page that they run in (`preview/client.ts`), where nothing is ever updated. */
const CLIENT: OutputFile = { type: 'text/javascript', body: `
const add = (kind, parts) => document.head.append(Object.assign(document.createElement(kind), parts));
export const updateStyle = (id, css) => add("style", { textContent: css });
export const linkStyle = (href) => add("link", { rel: "stylesheet", href });
` }
const ELSEWHERE = /^(?:[a-z][a-z\d+.-]*:|\/\/)/i
const engine = import('esbuild')

const textOf = (file: OutputFile): string => (typeof file.body === 'string' ? file.body : new TextDecoder().decode(file.body))
const isScript = (file: OutputFile): boolean => file.type.startsWith('text/javascript')

async function joined(html: string, files: Record<string, OutputFile>): Promise<string> {
  const given: Record<string, OutputFile> = { ...files, '/@sayso/client.js': CLIENT }
  const edits: Edit[] = []
  const entries: string[] = []
  let last: Tag | undefined
  const found = tags(html)
  const placed = HAS_ADDRESSES.test(html) || Object.values(files).some((file) => isScript(file) && HAS_ADDRESSES.test(textOf(file)))
  const put = (tag: Tag, text: string): void => { edits.push({ start: tag.start, end: ended(html, tag), text }) }
  for (const tag of found) {
    if (tag.closing) continue
    const address = addressOf(attribute(tag, tag.name === 'link' ? 'href' : 'src') ?? '')
    const file = given[address]
    if (tag.name === 'script' && attribute(tag, 'type')?.trim() === 'module') {
      if (address.startsWith('/@sayso/')) { put(tag, ''); continue }
      // That the modules have run is told to a workbench only.
      if (attribute(tag, 'src') === undefined && html.slice(tag.end, tag.textEnd).includes('__sayso_')) { put(tag, ''); continue }
      if (attribute(tag, 'src') === undefined) given[`${PAGE}/${entries.length}.js`] = { type: 'text/javascript', body: html.slice(tag.end, tag.textEnd) }
      else if (!file) continue
      entries.push(attribute(tag, 'src') === undefined ? `${PAGE}/${entries.length}.js` : address)
      put(tag, '')
      last = tag
    } else if (tag.name === 'script' && address.startsWith('/@sayso/')) put(tag, '')
    else if (tag.name === 'script' && file) put(tag, `<script>${inScript(placed ? await readingAddresses(textOf(file)) : textOf(file))}</script>`)
    else if (tag.name === 'link' && /(?:^|\s)(?:modulepreload|preload)(?:\s|$)/i.test(attribute(tag, 'rel') ?? '')) put(tag, '')
    else if (tag.name === 'link' && /(?:^|\s)stylesheet(?:\s|$)/i.test(attribute(tag, 'rel') ?? '') && file) put(tag, `<style>${textOf(file).replaceAll('</style', '<\\/style')}</style>`)
  }
  if (last) {
    given[PAGE] = { type: 'text/javascript', body: entries.map((entry) => `import ${JSON.stringify(entry)};`).join('\n') }
    const script = await bundled(PAGE, given, placed)
    edits.find(({ start }) => start === last.start)!.text = `<script type="module">${inScript(script.text)}</script>`
    for (const used of script.used) if (used !== PAGE) delete given[used]
  }
  if (placed) {
    const first = found.find(({ name, closing }) => name === 'head' && !closing)?.end ?? found.find(({ name }) => name !== 'html')?.start ?? 0
    edits.push({ start: first, end: first, text: `<script>(${addresses})(${JSON.stringify(PLACE)})</script>` })
  }
  return withData(applyEdits(html, edits), given)
}

/** A script whose addresses are those that the page keeps (`addresses`). Text that is no script stays. */
async function readingAddresses(code: string): Promise<string> {
  const { transform } = await engine
  const define = WRITES_ADDRESSES.test(code) ? WINDOW : ADDRESSES
  try { return (await transform(code, { minify: true, charset: 'utf8', target: 'esnext', logLevel: 'silent', loader: 'js', legalComments: 'inline', treeShaking: false, define })).code.trim() } catch { return code }
}

/** A module with all that it imports, and which files those are. With `placed` it runs in the page and reads its addresses. */
async function bundled(entry: string, files: Record<string, OutputFile>, placed = false): Promise<{ text: string; used: string[] }> {
  const { build } = await engine
  const result = await build({
    minify: true, charset: 'utf8', target: 'esnext', logLevel: 'silent', bundle: true, format: 'esm', platform: 'browser', legalComments: 'inline', write: false,
    metafile: true, sourcemap: false, absWorkingDir: '/', outdir: '/', tsconfigRaw: {}, entryPoints: [{ in: entry, out: 'single' }], plugins: [from(files, placed)],
  })
  return { text: result.outputFiles[0]!.text.trim(), used: Object.keys(result.metafile.inputs).map((input) => input.replace(/^given:/, '')) }
}

/** Nothing is read from the disk: an import is one of `files`, or an address elsewhere. */
function from(files: Record<string, OutputFile>, placed: boolean): Plugin {
  return {
    name: 'given',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, importer }) => {
        if (ELSEWHERE.test(path)) return { path, external: true }
        const address = addressOf(path, importer)
        return files[address] ? { path: address, namespace: 'given' } : { errors: [{ text: `${path} is not there` }] }
      })
      build.onLoad({ filter: /./, namespace: 'given' }, async ({ path }) => ({ contents: placed ? await readingAddresses(textOf(files[path]!)) : textOf(files[path]!), loader: 'js' }))
    },
  }
}

/** The path of an address of the output, without what is asked of it; "" for one elsewhere. */
function addressOf(address: string, importer = '/'): string {
  if (address === '' || ELSEWHERE.test(address)) return ''
  try { return decodeURI(new URL(address, `http://x${importer.startsWith('/') ? importer : '/'}`).pathname) } catch { return '' }
}

/** Where an element ends that holds raw text or nothing. */
function ended(html: string, tag: Tag): number {
  if (tag.name !== 'script') return tag.end
  const close = html.indexOf('>', tag.textEnd)
  return close === -1 ? html.length : close + 1
}

const inScript = (code: string): string => code.replace(/<\/(script)/gi, '<\\/$1')

/** What addresses of files become in a text: data. A script among them (of a worker) is one file then, too. */
async function withData(text: string, files: Record<string, OutputFile>): Promise<string> {
  const addresses = Object.keys(files).filter((address) => files[address]!.type !== 'text/html' && text.includes(address))
  if (addresses.length === 0) return text
  const data = new Map<string, string>()
  for (const address of addresses) data.set(address, await dataOf(address, files))
  const longest = addresses.sort((a, b) => b.length - a.length).map((address) => address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return text.replace(new RegExp(`(?<=["'\`(=,\\s])(${longest.join('|')})(?:\\?[\\w=&.-]*)?(?=["'\`)\\\\\\s,>])`, 'g'), (_, address: string) => data.get(address)!)
}

async function dataOf(address: string, files: Record<string, OutputFile>): Promise<string> {
  const file = files[address]!
  let body = file.body
  if (isScript(file)) body = await withData((await bundled(address, files)).text, without(files, address))
  else if (file.type.startsWith('text/css')) {
    // Its own addresses count from where it lies.
    body = await withData(textOf(file).replace(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (all, __, to: string) => (files[addressOf(to, address)] ? `url("${addressOf(to, address)}")` : all)), without(files, address))
  }
  return `data:${file.type};base64,${Buffer.from(body as Uint8Array).toString('base64')}`
}

/** What holds itself would never end. */
const without = (files: Record<string, OutputFile>, address: string): Record<string, OutputFile> => Object.fromEntries(Object.entries(files).filter(([path]) => path !== address))
