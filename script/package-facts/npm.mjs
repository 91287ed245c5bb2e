// What packages export, which versions they have and what they bring along, from an installed node_modules: for the free
// mends. Types are read with TypeScript, so that types and values are told apart. Usage: node npm.mjs OUT
import fs from 'node:fs'
import path from 'node:path'
import ts from 'ts'

const root = process.cwd()
const names = Object.keys(JSON.parse(fs.readFileSync('package.json', 'utf8')).dependencies).filter((n) => n !== 'ts')

/** The import paths that a package's `exports` (or its folders, where it has none) offers to scripts. */
function entries(name, manifest) {
  const listed = manifest.exports
  if (typeof listed !== 'object' || listed === null) return [name]
  const keys = Object.keys(listed).filter((key) => key.startsWith('.'))
  if (!keys.length) return [name]
  const found = keys.filter((key) => !key.includes('*') && !/\.(json|css|scss|less|map|md|d\.ts)$/.test(key))
  return found.map((key) => name + key.slice(1)).filter((key) => !/_|internal|unstable|experimental|legacy|macro|without/i.test(key))
}
const extra = { 'react-icons': fs.existsSync('node_modules/react-icons') ? fs.readdirSync('node_modules/react-icons').filter((d) => fs.existsSync(`node_modules/react-icons/${d}/index.mjs`)).map((d) => `react-icons/${d}`) : [],
  '@heroicons/react': ['16/solid', '20/solid', '24/solid', '24/outline'].map((d) => `@heroicons/react/${d}`),
  'vite': ['vite'], 'tailwindcss': ['tailwindcss'], 'typescript': ['typescript'], 'svelte': ['svelte', 'svelte/store', 'svelte/motion', 'svelte/transition', 'svelte/animate', 'svelte/easing', 'svelte/reactivity', 'svelte/events'], 'date-fns': ['date-fns', 'date-fns/locale'],
  'd3': ['d3'], 'three': ['three'], 'phaser': ['phaser'], 'zod': ['zod'], '@mui/material': ['@mui/material', '@mui/material/styles'], 'lodash-es': ['lodash-es'], 'lodash': ['lodash'], 'lucide-react': ['lucide-react'],
  'react-dom': ['react-dom', 'react-dom/client', 'react-dom/server'], 'react': ['react', 'react/jsx-runtime'], 'vue': ['vue'], 'vitest': ['vitest', 'vitest/config'], 'hono': null, 'lucide-svelte': ['lucide-svelte'], 'lucide-vue-next': ['lucide-vue-next'], '@tabler/icons-react': ['@tabler/icons-react'], '@phosphor-icons/react': ['@phosphor-icons/react'], 'preact': ['preact', 'preact/hooks', 'preact/compat'], 'solid-js': ['solid-js', 'solid-js/web', 'solid-js/store'], 'ws': ['ws'], 'framer-motion': ['framer-motion'], 'motion': ['motion', 'motion/react'],
  'mongoose': ['mongoose'], 'pixi.js': ['pixi.js'], 'i18next': ['i18next'], 'gsap': ['gsap'], 'tone': ['tone'] }

const builtin = ['fs', 'fs/promises', 'path', 'url', 'http', 'https', 'crypto', 'sqlite', 'os', 'events', 'util', 'child_process', 'timers/promises', 'stream', 'buffer', 'assert', 'readline', 'zlib', 'net', 'worker_threads', 'perf_hooks'].map((name) => `node:${name}`)
const specifiers = names.filter((n) => !n.startsWith('@types/')).flatMap((name) => {
  const manifest = JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8'))
  return extra[name] ?? entries(name, manifest)
}).concat(builtin)
const file = path.join(root, 'all.mts')
const host = ts.createCompilerHost({})
const text = specifiers.map((s, i) => `import * as m${i} from ${JSON.stringify(s)}`).join('\n')
const options = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022, esModuleInterop: true, allowSyntheticDefaultImports: true, skipLibCheck: true, noEmit: true, lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'], types: ['node'] }
fs.writeFileSync(file, text)
const program = ts.createProgram([file], options)
const checker = program.getTypeChecker()
const source = program.getSourceFile(file)
const VALUE = ts.SymbolFlags.Value
const out = {}
source.statements.forEach((statement, i) => {
  const module = checker.getSymbolAtLocation(statement.moduleSpecifier)
  const specifier = specifiers[i]
  const name = specifier.startsWith('node:') ? 'node' : specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  const manifest = specifier.startsWith('node:') ? { version: '' } : JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8'))
  const own = (out[name] ??= { version: manifest.version, peers: Object.keys(manifest.peerDependencies ?? {}).filter((p) => !manifest.peerDependenciesMeta?.[p]?.optional), bins: typeof manifest.bin === 'string' ? [name.split('/').pop()] : Object.keys(manifest.bin ?? {}), modules: {} })
  if (!module) return
  const values = [], types = []
  let fallback = false
  for (const symbol of checker.getExportsOfModule(module)) {
    const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const n = symbol.escapedName
    if (n === 'default') { fallback = true; continue }
    if (!/^[\w$]+$/.test(n) || n === 'export=' || n === 'prototype') continue
    ;(real.flags & VALUE || real.escapedName === 'unknown' ? values : types).push(n)
  }
  const assigned = module.exports?.has('export=') ?? false
  // A CommonJS package is its own default import, whatever its types say; and they may not know all of its names.
  const commonjs = manifest.type !== 'module' && !manifest.module && !JSON.stringify(manifest.exports ?? '').includes('"import"')
  own.modules[specifier === name ? '.' : name === 'node' ? specifier : '.' + specifier.slice(name.length)] = { default: fallback || assigned || commonjs, open: commonjs && values.length < 5, values: values.sort().join(' '), types: types.sort().join(' ') }
})
for (const name of names.filter((n) => n.startsWith('@types/'))) out[name] = { version: JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8')).version, peers: [], bins: [], modules: {} }
for (const name of names.filter((n) => n.startsWith('@types/') === false)) out[name] ??= { version: JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8')).version, peers: [], bins: [], modules: {} }
// Names that are there without an import.
const globals = checker.getSymbolsInScope(source, VALUE | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace).map((s) => s.escapedName).filter((n) => /^[\w$]+$/.test(n) && !/^m\d+$/.test(n) && !/^__/.test(n))
fs.writeFileSync(process.argv[2], JSON.stringify({ packages: out, globals: globals.sort().join(' ') }))
