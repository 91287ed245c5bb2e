// Builds dist/: the worker, the compilers it loads when needed, the scripts of the preview page, the engine for Node.
// `--double` builds the stand-in of the WebContainer page for tests as well, into dist/test/.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { constants, brotliCompress } from 'node:zlib'
import { promisify } from 'node:util'
import path from 'node:path'
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

const common = {
  absWorkingDir: root, bundle: true, minify: true, format: 'esm', target: 'es2022', legalComments: 'none', write: false, metafile: false,
  loader: { '.css': 'text', '.py': 'text' }, define: { 'process.env.NODE_ENV': '"development"' }, logLevel: 'warning', outdir: 'dist',
}
const entries = [
  { in: 'src/instant/worker.ts', out: 'engine.worker' },
  { in: 'src/places/places.ts', out: 'places' },
  { in: 'src/preview/client.ts', out: 'preview/client' },
  { in: 'src/preview/picker.ts', out: 'preview/picker', plugins: [beside('./client.ts', '/@sayso/client.js')] },
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
