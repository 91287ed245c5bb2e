import { phrase } from '../engine/phrase.ts'
import { cssTokens } from './text/css.ts'
import { smallPage } from './small.ts'
import type { BuildOptions, BuildFailure, Metafile, Plugin } from 'esbuild'
import type { Fault, OutputFile } from '../engine/engine.ts'
import type { Parts } from './compiler.ts'

/**
 * The last step of an output for visitors: its modules become a few bundled, minified files without comments, source
 * maps or the names of the files they came from. Legal comments (with `!`, `@license` or `@preserve`) stay, because
 * licences have to be passed on.
 */
export type Bundled = { status: 'built'; files: Record<string, OutputFile> } | { status: 'fault'; fault: Fault }

const engine = import('esbuild')
const MINIFIED = { minify: true, charset: 'utf8', target: 'esnext', logLevel: 'silent' } as const

const textOf = (file: OutputFile): string => (typeof file.body === 'string' ? file.body : new TextDecoder().decode(file.body))

export async function bundle(files: Record<string, OutputFile>, parts: Parts): Promise<Bundled> {
  let built: { files: Record<string, OutputFile>; preloads(entries: string[]): string[] }
  try { built = await modules(files, parts) } catch (error) { return { status: 'fault', fault: failure(error as BuildFailure, parts) } }
  const out: Record<string, OutputFile> = { ...built.files }
  const classic = new Set(parts.classic)
  for (const [path, file] of Object.entries(files)) {
    if (parts.modules.has(path)) continue
    if (classic.has(path)) out[path] = { ...file, body: await smallScript(textOf(file)) }
    else if (file.type === 'text/html' && file.body !== undefined && isPage(file)) {
      const html = textOf(file)
      out[path] = { ...file, body: await smallPage(html, built.preloads(parts.entries.filter((entry) => html.includes(`"${entry}"`))), { script: smallScript, style: smallStyles }) }
    } else out[path] = file
  }
  return { status: 'built', files: out }
}

/**
 * Minifies files that were made earlier without bundling, each alone. A file that cannot be parsed is left empty rather
 * than shown.
 */
export async function shrink(files: Record<string, OutputFile>): Promise<Record<string, OutputFile>> {
  const out: Record<string, OutputFile> = {}
  for (const [path, file] of Object.entries(files)) {
    if (path.endsWith('.map')) continue
    if (file.type.startsWith('text/javascript')) out[path] = { ...file, body: await smallScript(textOf(file), '') }
    else if (file.type.startsWith('text/css')) out[path] = { ...file, body: await smallStyles(textOf(file)) }
    else if (file.type.startsWith('text/html') && isPage(file)) out[path] = { ...file, body: await smallPage(textOf(file), [], { script: smallScript, style: smallStyles }) }
    else out[path] = file
  }
  return out
}

/** A page that the engine made; one in public/ is served as it is. */
const isPage = (file: OutputFile): boolean => textOf(file).includes('/@sayso/capture.js')

async function modules(files: Record<string, OutputFile>, parts: Parts) {
  const entries = [...new Set(parts.entries)]
  const { build } = await engine
  const options: BuildOptions = {
    ...MINIFIED, bundle: true, splitting: true, format: 'esm', platform: 'browser', legalComments: 'eof', write: false, metafile: true, sourcemap: false,
    // Nothing is read from the disk: every import is a module of the output or an address.
    absWorkingDir: '/', outdir: '/', tsconfigRaw: {}, chunkNames: 'assets/[name]-[hash]', plugins: [given(files, parts)],
    entryPoints: entries.map((address) => ({ in: address, out: address.slice(1).replace(/\.js$/, '') })),
    define: { 'import.meta.hot': 'undefined', 'import.meta.env': JSON.stringify(parts.env), ...Object.fromEntries(Object.entries(parts.env).filter(([name]) => /^[A-Za-z_$][\w$]*$/.test(name)).map(([name, value]) => [`import.meta.env.${name}`, JSON.stringify(value)])) },
  }
  const result = entries.length === 0 ? undefined : await build(options)
  const out: Record<string, OutputFile> = {}
  for (const file of result?.outputFiles ?? []) out[file.path] = { type: 'text/javascript', body: file.text }
  return { files: out, preloads: (own: string[]) => chunks(result?.metafile, own) }
}

function given(files: Record<string, OutputFile>, parts: Parts): Plugin {
  return {
    name: 'output',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path }) => {
        const address = decoded(path)
        return parts.modules.has(address) ? { path: address, namespace: 'output' } : { path, external: true }
      })
      build.onLoad({ filter: /./, namespace: 'output' }, ({ path }) => ({ contents: textOf(files[path]!), loader: 'js' }))
    },
  }
}

function decoded(path: string): string {
  try { return decodeURI(path) } catch { return path }
}

/** The chunks that the given entries load at once, besides themselves. */
function chunks(metafile: Metafile | undefined, entries: string[]): string[] {
  const found = new Set(entries.map((entry) => entry.slice(1)))
  for (const file of found) for (const used of metafile?.outputs[file]?.imports ?? []) if (used.kind === 'import-statement' && !used.external) found.add(used.path)
  return [...found].map((file) => '/' + file).filter((file) => !entries.includes(file))
}

/**
 * Minifies a script; names that other scripts may use stay. `unread` is returned for text that is no script, by default
 * the text itself.
 */
async function smallScript(code: string, unread = code): Promise<string> {
  const { transform } = await engine
  try { return (await transform(code, { ...MINIFIED, loader: 'js', legalComments: 'inline', treeShaking: false })).code.trim() } catch { return unread }
}

/** Minifies a finished style sheet. Text that is no CSS stays as it is, without its comments. */
export async function smallStyles(css: string): Promise<string> {
  const { transform } = await engine
  try { return (await transform(css, { ...MINIFIED, loader: 'css', legalComments: 'inline' })).code.trim() } catch {
    return cssTokens(css).filter((token) => token.kind !== 'comment').map((token) => token.text).join('')
  }
}

/** Ends the bundler's own process. */
export async function end(): Promise<void> { await (await engine).stop() }

function failure(error: BuildFailure, parts: Parts): Fault {
  const first = error.errors?.[0]
  const file = first?.location ? parts.modules.get(first.location.file.replace(/^output:/, '')) : undefined
  const reason = first?.text ?? error.message
  if (file === undefined) return { kind: 'build', code: 'bundle', says: phrase('engine.bundle', { reason }) }
  return { kind: 'build', code: 'bundle', says: phrase('engine.bundle.file', { reason, path: file.slice(1) }), file: file.slice(1) }
}
