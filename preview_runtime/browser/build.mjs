// Builds dist/: the worker, the compilers it loads when needed, the scripts of the preview page, the engine for Node.
// `--double` builds the stand-in of the WebContainer page for tests as well, into dist/test/.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { constants, brotliCompress } from 'node:zlib'
import { promisify } from 'node:util'
import path from 'node:path'
import { isBuiltin } from 'node:module'
import esbuild from 'esbuild'

const root = import.meta.dirname
const dist = path.join(root, 'dist')
// Made aside and put in place at the end: a running server never sees half of it.
const fresh = path.join(root, 'dist.new')
const compress = promisify(brotliCompress)

/** Leaves an import to be answered by the preview host. */
const beside = (specifier, address) => ({
  name: 'beside',
  setup(build) { build.onResolve({ filter: /./ }, (args) => (args.path === specifier ? { path: address, external: true } : undefined)) },
})

/** What packages that were written for Node ask of it: the one file that Tailwind 3 reads is its own sheet. */
const preflight = JSON.stringify(await readFile(path.join(root, 'node_modules/tailwindcss3/lib/css/preflight.css'), 'utf8'))
const NODE = {
  fs: `export const readFileSync = () => ${preflight}; export const statSync = () => ({ mtimeMs: 0 }); export const promises = {}; export const existsSync = () => false; export default { readFileSync, statSync, promises, existsSync }`,
  path: "const join = (...parts) => parts.join('/').replace(/\\/+/g, '/'); const dirname = (p) => p.slice(0, p.lastIndexOf('/')) || '/'; const basename = (p) => p.slice(p.lastIndexOf('/') + 1); const extname = (p) => /\\.[^./]*$/.exec(p)?.[0] ?? ''; module.exports = { join, dirname, basename, extname, resolve: join, relative: (a, b) => b, isAbsolute: (p) => p.startsWith('/'), normalize: (p) => p, sep: '/', posix: {} }",
  assert: 'module.exports = () => {}',
  url: 'export const parse = (u) => new URL(u); export const pathToFileURL = (p) => new URL("file://" + p); export const fileURLToPath = String; export default { parse, pathToFileURL, fileURLToPath }',
}
const ofNode = {
  name: 'node',
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?[a-z_]+$/ }, ({ path: name }) => (isBuiltin(name) ? { path: name.replace('node:', ''), namespace: 'node' } : undefined))
    build.onLoad({ filter: /./, namespace: 'node' }, ({ path: name }) => ({ contents: NODE[name] ?? 'module.exports = {}', loader: 'js' }))
  },
}
/** Plugins of Tailwind 3 import its modules by its name. */
const third = {
  name: 'third',
  setup(build) { build.onResolve({ filter: /^tailwindcss\// }, ({ path: name }) => ({ path: path.join(root, 'node_modules/tailwindcss3', name.slice('tailwindcss/'.length) + '.js') })) },
}
const inBrowser = { 'process.env.NODE_ENV': '"production"' }
const PROCESS = 'var process={env:{},versions:{},platform:"browser",argv:[],cwd:()=>"/",emitWarning(){}};'

const common = {
  absWorkingDir: root, bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none', write: false, metafile: false,
  loader: { '.css': 'text', '.py': 'text' }, define: { 'process.env.NODE_ENV': '"development"' }, logLevel: 'warning', outdir: 'dist',
}
const entries = [
  { in: 'src/instant/worker.ts', out: 'engine.worker' },
  { in: 'src/places/places.ts', out: 'places' },
  { in: 'src/preview/client.ts', out: 'preview/client' },
  { in: 'src/preview/picking/picker.ts', out: 'preview/picker', plugins: [beside('../client.ts', '/@sayso/client.js')] },
  { in: 'src/preview/refresh.ts', out: 'preview/refresh', plugins: [beside('./client.ts', '/@sayso/client.js')] },
  { in: 'src/preview/capture.ts', out: 'preview/capture', format: 'iife' },
  // What a library asks of Node, it asks only there.
  { in: 'src/recorder/page.ts', out: 'preview/walk', format: 'iife', external: ['util', 'timers', 'timers/promises'] },
  { in: 'src/pyodide/page.ts', out: 'preview/python' },
  { in: 'src/pyodide/worker.ts', out: 'preview/python.worker' },
  { in: 'src/instant/scripts/vue.ts', out: 'vue', alias: { '@vue/compiler-sfc': './node_modules/@vue/compiler-sfc/dist/compiler-sfc.esm-browser.js' } },
  { in: 'src/instant/scripts/svelte.ts', out: 'svelte', platform: 'browser' },
  { in: 'src/instant/styles/sass.ts', out: 'sass', platform: 'browser', conditions: ['default'] },
  { in: 'src/instant/styles/less.ts', out: 'less', platform: 'browser' },
  { in: 'src/instant/lowering/lowering.ts', out: 'lowering' },
  { in: 'src/instant/scripts/solid.ts', out: 'solid', platform: 'browser', plugins: [ofNode], alias: { '@babel/parser': './node_modules/@babel/parser' }, define: inBrowser, banner: { js: PROCESS } },
  { in: 'src/instant/styles/tailwind3.ts', out: 'tailwind3', platform: 'browser', plugins: [third, ofNode], define: { ...inBrowser, __dirname: '"/"' }, banner: { js: PROCESS } },
  // Its libraries have a form for browsers that asks for a document, which a worker lacks.
  { in: 'src/instant/scripts/mdx.ts', out: 'mdx', platform: 'browser', conditions: ['worker'] },
  { in: 'src/instant/node.ts', out: 'compile', platform: 'node', external: ['esbuild'], outExtension: { '.js': '.mjs' } },
]
if (process.argv.includes('--double')) entries.push({ in: 'test/webcontainer-double/page.ts', out: 'test/webcontainer-double' })

const started = performance.now()
const results = await Promise.all(entries.map(({ in: entry, out, ...own }) => esbuild.build({ ...common, ...own, entryPoints: [{ in: entry, out }] })))
await rm(fresh, { recursive: true, force: true })
const files = {}
const digest = createHash('sha256')
const outputs = results.flatMap((result) => result.outputFiles).sort((a, b) => (a.path < b.path ? -1 : 1))
await Promise.all(outputs.map(async (file) => {
  // 9 of 11: the last two levels take ten times as long for 4 % less.
  const small = await compress(file.contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 } })
  const target = path.join(fresh, path.relative(dist, file.path))
  await mkdir(path.dirname(target), { recursive: true })
  await Promise.all([writeFile(target, file.contents), writeFile(target + '.br', small)])
  files[path.relative(dist, file.path).split(path.sep).join('/')] = { bytes: file.contents.length, br: small.length }
}))
for (const file of outputs) digest.update(path.relative(dist, file.path)).update('\0').update(file.contents)
await writeFile(path.join(fresh, 'preview', 'python.html'), '<!doctype html><meta charset="utf-8"><title>Python</title><script type="module" src="/@sayso/python.js"></script>\n')
// Pyodide as npm has it. Its name holds its version, so that browsers keep it for good.
const pyodide = path.join(root, 'node_modules', 'pyodide')
await mkdir(path.join(fresh, 'pyodide'))
await Promise.all(['package.json', 'pyodide-lock.json', 'pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip'].map(async (name) => {
  const bytes = await readFile(path.join(pyodide, name))
  await writeFile(path.join(fresh, 'pyodide', name), bytes)
  if (!name.endsWith('.zip')) await writeFile(path.join(fresh, 'pyodide', name + '.br'), await compress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 } }))
}))
const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))
await writeFile(path.join(fresh, 'manifest.json'), JSON.stringify({ digest: digest.digest('hex').slice(0, 16), files: sorted }, null, 2) + '\n')
const old = path.join(root, 'dist.old')
await rm(old, { recursive: true, force: true })
await rename(dist, old).catch((error) => { if (error.code !== 'ENOENT') throw error })
await rename(fresh, dist)
await rm(old, { recursive: true, force: true })
for (const [name, { bytes, br }] of Object.entries(sorted)) console.log(`${name.padEnd(28)} ${String(bytes).padStart(9)} ${String(br).padStart(9)} br`)
console.log(`built in ${Math.round(performance.now() - started)} ms`)
