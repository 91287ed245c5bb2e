import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flatten } from '../src/instant/styles/css-graph.ts'
import { cssTokens } from '../src/instant/text/css.ts'
import { environment } from '../src/instant/project/env.ts'
import { FileSet } from '../src/instant/files/file-set.ts'
import { expandGlob } from '../src/instant/project/glob.ts'
import { parseJsonc } from '../src/instant/text/jsonc.ts'
import { candidates, inlineTexts, usesTailwind } from '../src/instant/styles/tailwind.ts'
import { wildcard } from '../src/instant/text/wildcard.ts'
import { Project } from './project.ts'
import type { FileMap } from '../src/engine/engine.ts'

/** Of the processor, which other programs do not take. Generous: what is meant here takes milliseconds, or longer than anybody waits. */
const MOST_MS = 5_000

async function quickly<T>(work: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const took = (user + system) / 1_000
  assert.ok(took < MOST_MS, `took ${Math.round(took)} ms`)
  return result
}

const page = '<!doctype html><script type="module" src="/src/main.js"></script>'
const app = (files: FileMap, main = "import './a0.css'\n"): FileMap => ({ 'index.html': page, 'src/main.js': main, ...files })

/** Sheets of which each imports the next one twice, `between` in between. */
function doubled(count: number, first = '', second = '', head = ''): FileMap {
  const files: FileMap = {}
  for (let n = 0; n < count; n++) files[`src/a${n}.css`] = `${head}@import "./a${n + 1}.css"${first};@import "./a${n + 1}.css"${second};.a${n}{color:red}`
  files[`src/a${count}.css`] = `.a${count}{color:blue}`
  return files
}

const flat = (files: FileMap): string => {
  const set = FileSet.from(files)
  return flatten('/a.css', set.text('/a.css')!, { files: set, settings: { aliases: [] }, packageStyle: (name) => (name === 'pkg' ? '/@deps/pkg.css' : undefined) }).replace(/\s+/g, ' ')
}

for (const [name, files] of Object.entries({
  'plain': doubled(26),
  'the same conditions': doubled(26, ' screen', ' screen'),
  'cycles': Object.fromEntries(Array.from({ length: 26 }, (_, n) => [`src/a${n}.css`, Array.from({ length: 26 }, (_, m) => `@import "./a${m}.css";`).join('') + `.a${n}{}`])),
  'very many': doubled(1_500),
  'one file 20,000 times': { 'src/a0.css': '@import "./a1.css";'.repeat(20_000), 'src/a1.css': '.b{}' },
})) {
  test(`style sheets that import each other again and again are each there once: ${name}`, async () => {
    const project = await quickly(() => Project.of(app(files)))
    assert.equal(project.text('/@module/src/a0.css.js').split('.a1{').length - 1, 'src/a2.css' in files ? 1 : 0)
  })
}

for (const [name, files] of Object.entries({
  'conditions that all differ': doubled(26, ' screen', ' print'),
  'layers without a name': doubled(26, ' layer', ' layer'),
  'Tailwind': { ...doubled(26), 'src/a0.css': '@import "tailwindcss";@import "./a1.css";@import "./a1.css";' },
  'Tailwind and cycles': { 'src/a0.css': '@import "tailwindcss";@import "./a1.css";@import "./a1.css";', 'src/a1.css': '@import "./a0.css";@import "./a0.css";@theme{}' },
  'Tailwind and braces': { 'src/a0.css': `@import "tailwindcss";@source inline("${'{a,b}'.repeat(26)}");` },
  'Tailwind and ranges': { 'src/a0.css': '@import "tailwindcss";@source inline("p-{0..9999}{0..9999}");' },
  'a value in values': { '.env': `A=${'x'.repeat(60_000)}\nVITE_B=${'${A}'.repeat(60_000)}\n` },
  'class names of class names': { 'src/main.js': "import './a.module.css'", 'src/a.module.css': Array.from({ length: 2_000 }, (_, n) => `.a${n}{composes:${Array.from({ length: n }, (_, m) => `a${m}`).join(' ') || 'b'}}`).join('') },
  'a text in each of many modules': { 'src/main.js': Array.from({ length: 60 }, (_, n) => `import "./m${n}.txt?raw"`).join('\n'), ...Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`src/m${n}.txt`, 'x'.repeat(1_000_000)])) },
  'patterns in each of many modules': { 'src/main.js': 'import.meta.glob("./*.js",{eager:true})', ...Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`src/m${n}.js`, 'import.meta.glob("./*.js")'])) },
  'a pattern of 100,000 characters': { 'src/main.js': `import.meta.glob("./${'*a'.repeat(50_000)}b")` },
  'brackets in brackets': { 'src/main.js': 'import "./a.module.css"', 'src/a.module.css': `${':local('.repeat(50_000)} {}` },
})) {
  test(`what would grow without end is refused at once: ${name}`, async () => {
    const project = await quickly(() => Project.of(app(files as FileMap)))
    assert.ok(['too-large', 'glob'].includes(project.fault.code), JSON.stringify(project.fault).slice(0, 300))
    assert.equal(project.fault.kind, 'build')
  })
}

for (const [name, files, css] of [
  ['what is imported comes before what imports it', { 'a.css': '@import "./b.css";@import "./c.css";.a{}', 'b.css': '.b{}', 'c.css': '.c{}' }, '.b{}.c{}.a{}'],
  ['a file stands where it comes last', { 'a.css': '@import "./b.css";@import "./c.css";@import "./b.css";.a{}', 'b.css': '.b{}', 'c.css': '.c{}' }, '.c{}.b{}.a{}'],
  ['a file of two stands where it comes last', { 'a.css': '@import "./b.css";@import "./c.css";', 'b.css': '@import "./base.css";.b{}', 'c.css': '@import "./base.css";.c{}', 'base.css': '.base{}' }, '.b{}.base{}.c{}'],
  ['a circle ends where it began', { 'a.css': '@import "./b.css";.a{}', 'b.css': '@import "./a.css";.b{}' }, '.b{}.a{}'],
  ['itself', { 'a.css': '@import "./a.css";.a{}' }, '.a{}'],
  ['conditions', { 'a.css': '@import "./b.css" layer(x) supports(display: grid) screen;.a{}', 'b.css': '@import "./c.css" print;.b{}', 'c.css': '.c{}' }, '@layer x{@supports (display: grid){@media screen{@media print{.c{}}.b{}}}}.a{}'],
  ['other conditions make another place', { 'a.css': '@import "./b.css" screen;@import "./b.css" print;', 'b.css': '.b{}' }, '@media screen{.b{}}@media print{.b{}}'],
  ['each layer without a name is one of its own', { 'a.css': '@import "./b.css" layer;@import "./b.css" layer;', 'b.css': '.b{}' }, '@layer {.b{}}@layer {.b{}}'],
  ['the first mention of a layer decides its order', { 'a.css': '@import "./b.css" layer(x);@import "./c.css" layer(y);@import "./b.css" layer(x);', 'b.css': '.b{}', 'c.css': '.c{}' }, '@layer x{ }@layer y{.c{}}@layer x{.b{}}'],
  ['so does one inside a file', { 'a.css': '@import "./b.css";@import "./c.css";@import "./b.css";', 'b.css': '@layer one, two; @layer two.three{.b{}}', 'c.css': '@layer four{.c{}}' }, '@layer one, two, two.three;@layer four{.c{}}@layer one, two; @layer two.three{.b{}}'],
  ['what is elsewhere goes first', { 'a.css': '@import "pkg" screen;@import "https://x.example/y.css";.a{}' }, '@import url("/@deps/pkg.css") screen;@import url("https://x.example/y.css") ;.a{}'],
  ['addresses are seen from where they stand', { 'a.css': '@import "./b/c.css";.a{background:url(./x.png)}', 'b/c.css': '.c{background:url( "./y.png" )}' }, '.c{background:url("/b/y.png")}.a{background:url("/x.png")}'],
  ['comments hold no imports', { 'a.css': '/* @import "./no.css"; */@import "./b.css";.a{}', 'b.css': '.b{}' }, '/* @import "./no.css"; */.b{}.a{}'],
] as const) test(`CSS imports: ${name}`, () => assert.equal(flat(files as FileMap), css))

const paths = ['/src/a.ts', '/src/b/c.ts', '/src/b/d.md', '/src/b/e/f.ts', '/src/[id].ts', '/src/x-y.test.ts', '/src/.hidden.ts']
for (const [pattern, expected] of [
  ['/src/*.ts', ['/src/a.ts', '/src/[id].ts', '/src/x-y.test.ts', '/src/.hidden.ts']],
  ['/src/**/*.ts', ['/src/a.ts', '/src/b/c.ts', '/src/b/e/f.ts', '/src/[id].ts', '/src/x-y.test.ts', '/src/.hidden.ts']],
  ['/src/**', paths],
  ['/**/f.ts', ['/src/b/e/f.ts']],
  ['/src/b/?.{md,ts}', ['/src/b/c.ts', '/src/b/d.md']],
  ['/src/{a,b/{c,e/f}}.ts', ['/src/a.ts', '/src/b/c.ts', '/src/b/e/f.ts']],
  ['/src/[a-b].ts', ['/src/a.ts']],
  ['/src/b/[!d].*', ['/src/b/c.ts']],
  ['/src/x-y{,.test}.ts', ['/src/x-y.test.ts']],
  ['/src/b', []],
  ['/src/[', []],
  ['/src/a.ts}', []],
  ['/src/{a.ts', ['/src/a.ts']],
] as const) test(`the pattern ${pattern}`, () => assert.deepEqual(paths.filter(wildcard(pattern)), expected))

for (const pattern of [`./${'*a'.repeat(40)}b`, `./${'**/'.repeat(60)}*a*a*a*a*a*ab`, `./${'{a,aa}'.repeat(60)}b`, `./${'{*,**}'.repeat(80)}b`, `./${'?*'.repeat(100)}b`]) {
  test(`a pattern that could be tried in many ways is tried in one: ${pattern.slice(0, 16)}`, () => quickly(() => {
    const files = FileSet.from(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`src/${'a'.repeat(100)}${n}.ts`, ''])))
    assert.deepEqual(expandGlob(files, [pattern], '/src/main.ts', []), [])
  }))
}

const LONG = 300_000
for (const [name, work] of Object.entries({
  'spaces in url()': () => cssTokens(`a{b:url(${' '.repeat(LONG)}`.repeat(2)),
  'url() in url()': () => cssTokens('url('.repeat(LONG)),
  'spaces after @import': () => usesTailwind(`@import${' '.repeat(LONG)}x`),
  'commas that are no class': () => candidates(`${','.repeat(LONG)}a`),
  'brackets in tsconfig': () => { try { parseJsonc(`${'['.repeat(LONG)}${']'.repeat(LONG)}`) } catch (error) { assert.ok(error instanceof RangeError || error instanceof SyntaxError) } },
  'spaces in .env': () => environment(FileSet.from({ '.env': `A=a${' '.repeat(LONG)}b` })),
  'braces without end': () => inlineTexts(`@source inline("${'{'.repeat(LONG)}`),
})) test(`a long run of characters is read once: ${name}`, () => quickly(work as () => void))

test('300 honest files with shared styles, a chain of sheets and patterns still build', async () => {
  const files: FileMap = {
    'index.html': page,
    'src/main.js': `import './all.css'\nimport.meta.glob('./pages/**/*.js', { eager: true })\n`,
    'src/all.css': Array.from({ length: 100 }, (_, n) => `@import "./styles/s${n}.css";`).join('') + '.all{}',
    'src/styles/base.css': ':root{--a:1}',
  }
  for (let n = 0; n < 100; n++) {
    files[`src/styles/s${n}.css`] = `@import "./base.css";.s${n}{color:red}`
    files[`src/pages/p${n}.js`] = `import { w } from '../words.js'\nexport const p${n} = w`
  }
  files['src/words.js'] = "export const w = 'word'\n"
  const project = await quickly(() => Project.of(files))
  const css = project.text('/@module/src/all.css.js')
  assert.equal(css.split('--a:1').length - 1, 1)
  assert.ok(css.indexOf('.s0{') < css.indexOf('--a:1'))
  assert.ok(css.indexOf('--a:1') < css.indexOf('.s99{'))
})
