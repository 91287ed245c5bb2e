import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phrase } from '../src/engine/phrase.ts'
import { Project, REACT } from './project.ts'

test('a React project is served module by module, packages from the prebundled set', async () => {
  const project = await Project.of(REACT)
  assert.deepEqual([...project.served.keys()].sort(), ['/@module/src/index.css.js', '/index.html', '/src/App.tsx', '/src/Counter.tsx', '/src/label.ts', '/src/main.tsx'])
  const [, hash] = /"\/@deps\/(\w+)\/react-dom__client\.js"/.exec(project.text('/src/main.tsx'))!
  assert.match(project.text('/src/App.tsx'), /from "\/src\/Counter\.tsx"/)
  assert.match(project.text('/src/Counter.tsx'), /\$RefreshReg\$\(Counter,"Counter"\)/)
  assert.doesNotMatch(project.text('/src/label.ts'), /: string/)
  const page = project.text('/index.html')
  assert.ok(page.indexOf('/@sayso/capture.js') < page.indexOf('/@sayso/refresh.js'))
  assert.ok(page.indexOf('/@sayso/refresh.js') < page.indexOf('/src/main.tsx'))
  for (const address of [`/@deps/${hash}/react.js`, `/@deps/${hash}/chunk-shared.js`, '/src/Counter.tsx', '/@module/src/index.css.js']) assert.ok(page.includes(`<link rel="modulepreload" href="${address}">`), address)
})

test('one request asks for everything a React app imports sooner or later', async () => {
  const project = await Project.of(REACT)
  assert.equal(project.requests.length, 1)
  assert.deepEqual(project.requests[0]!.specifiers, ['react', 'react-dom', 'react-dom/client', 'react/jsx-dev-runtime', 'react/jsx-runtime', 'zustand'])
  await project.put({ 'src/label.ts': "import { create } from 'zustand'\nexport const label = String(create)\n" })
  assert.equal(project.requests.length, 1)
})

test('an edit of a component keeps state: only it is exchanged', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'src/Counter.tsx': String(REACT['src/Counter.tsx']).replace('{n}<', '{n}!<') })
  assert.deepEqual(project.updated, ['/src/Counter.tsx'])
  assert.match(project.hot.type === 'update' ? project.hot.modules[0]!.address : '', /^\/src\/Counter\.tsx\?v=\d+$/)
})

test('an edit of a plain module goes up to the components that use it', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'src/label.ts': "export const label = 'bye'\n" })
  assert.deepEqual(project.updated, ['/src/App.tsx'])
  assert.match(project.text('/src/App.tsx'), /"\/src\/label\.ts\?v=\d+"/)
})

const ORIGIN = 'http://p-abc.preview.localhost:8000'

test('an update that changes nothing but modules brings them along, with absolute addresses', async () => {
  const project = await Project.of(REACT, { origin: ORIGIN })
  await project.put({ 'src/label.ts': "export const label = 'bye'\n" })
  const { hot } = project
  assert.ok(hot.type === 'update' && hot.functions)
  assert.deepEqual(hot.modules[0]!.needs, Object.keys(hot.functions))
  assert.deepEqual(Object.keys(hot.functions).map((address) => address.replace(/\d+$/, '')), ['/src/App.tsx?v=', '/src/label.ts?v='])
  const { text, imports } = hot.functions[hot.modules[0]!.address]!
  const from = imports.map(({ address }) => address.replace(/\d+$/, ''))
  assert.ok([`${ORIGIN}/src/label.ts?v=`, `${ORIGIN}/@sayso/client.js`, `${ORIGIN}/src/Counter.tsx`].every((address) => from.includes(address)))
  assert.ok(from.every((address) => address.startsWith(ORIGIN)))
  assert.ok(text.endsWith(`//# sourceURL=${ORIGIN}${hot.modules[0]!.address}`))
  // What only names its imports by new addresses is published, not brought along.
  await project.put({ 'src/Counter.tsx': String(REACT['src/Counter.tsx']).replace('{n}<', '{n}!<') })
  assert.ok(project.hot.type === 'update' && project.hot.functions)
  assert.equal(Object.keys(project.hot.functions).length, 1)
  assert.ok(project.result.status === 'built' && '/src/App.tsx' in project.result.files)
})

test('an update brings modules instead of functions where one of them can only be a module', async () => {
  const project = await Project.of(REACT, { origin: ORIGIN })
  await project.put({ 'src/label.ts': "export const label = await Promise.resolve('bye')\n" })
  assert.ok(project.hot.type === 'update' && project.hot.texts && !project.hot.functions)
  assert.ok(project.hot.texts[project.hot.modules[0]!.address]!.includes(`"${ORIGIN}/src/label.ts?v=`))
})

test('an update is loaded from the server where something else changed with it, or a module imports what only it knows', async () => {
  const project = await Project.of({ ...REACT, 'src/logo.svg': '<svg/>' }, { origin: ORIGIN })
  await project.put({ 'src/label.ts': "export const label = 'bye'\n", 'src/new.svg': '<svg></svg>' })
  assert.ok(project.hot.type === 'update' && !project.hot.functions && !project.hot.texts)
  await project.put({ 'src/label.ts': "export { label } from './other'\n", 'src/other.ts': "export const label = 'hi'\n" })
  assert.ok(project.hot.type === 'update' && !project.hot.functions && !project.hot.texts)
  await project.put({ 'src/label.ts': "export const label = 'bye'\nexport const load = (name: string) => import(/* @vite-ignore */ name)\n" })
  assert.ok(project.hot.type === 'update' && !project.hot.functions && !project.hot.texts)
})

test('an edit that reaches the entry reloads', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'src/main.tsx': String(REACT['src/main.tsx']) + '\nconsole.log(1)\n' })
  assert.equal(project.hot.type, 'reload')
})

test('only what changed is published', async () => {
  const project = await Project.of(REACT)
  const result = await project.put({ 'src/index.css': '@import "tailwindcss";\nbody { color: red }\n' })
  assert.equal(result.status, 'built')
  assert.ok(!Object.keys(result.status === 'built' ? result.files : {}).includes('/src/App.tsx'))
  assert.deepEqual(project.hot.type === 'update' && project.hot.styles.map((s) => s.id), ['/src/index.css'])
})

test('a class name used for the first time brings its CSS', async () => {
  const project = await Project.of(REACT)
  assert.doesNotMatch(project.text('/@module/src/index.css.js'), /bg-emerald-500/)
  await project.put({ 'src/Counter.tsx': String(REACT['src/Counter.tsx']).replace('bg-red-500', 'bg-emerald-500 hover:tracking-widest w-[37px] bg-(--shade)') })
  const css = project.hot.type === 'update' ? project.hot.styles[0]!.css : ''
  for (const rule of ['.bg-emerald-500', '.hover\\:tracking-widest', '.w-\\[37px\\]', 'background-color: var(--shade)']) assert.ok(css.includes(rule), rule)
})

test('a file that is missing is named with its nearest relative, and is found once it is made', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'src/App.tsx': String(REACT['src/App.tsx']).replace('./Counter', './Countr') })
  assert.equal(project.fault.code, 'missing-file')
  assert.deepEqual([project.fault.file, project.fault.line, project.fault.column], ['src/App.tsx', 1, 25])
  assert.match(project.fault.frame ?? '', /> 1 \| import/)
  assert.deepEqual(project.fault.suggestion?.label, phrase('engine.import_instead', { specifier: './Counter' }))
  const served = project.text('/src/App.tsx')
  assert.match(served, /Counter\.tsx/, 'the last good output stays')
  await project.put({ 'src/Countr.tsx': String(REACT['src/Counter.tsx']) })
  assert.equal(project.result.status, 'built')
  assert.match(project.text('/src/App.tsx'), /\/src\/Countr\.tsx/)
  await project.put({ 'src/Countr.tsx': String(REACT['src/Counter.tsx']).replace('{n}<', '{n}?<') })
  assert.deepEqual(project.updated, ['/src/Countr.tsx'], 'later edits of it are seen')
})

test('deleting a file in use is a fault, putting it back mends it', async () => {
  const project = await Project.of(REACT)
  await project.change({}, ['src/Counter.tsx'])
  assert.equal(project.fault.code, 'missing-file')
  await project.put({ 'src/Counter.tsx': String(REACT['src/Counter.tsx']) })
  assert.equal(project.result.status, 'built')
  assert.equal(project.hot.type, 'none')
})

test('deleting a file nobody uses takes it off the preview host', async () => {
  const project = await Project.of({ ...REACT, 'public/old.txt': 'x' })
  const result = await project.change({}, ['public/old.txt'])
  assert.deepEqual(result.status === 'built' && result.delete, ['/old.txt'])
})

test('a rename with its imports is one build', async () => {
  const project = await Project.of(REACT)
  await project.change({ 'src/Clicker.tsx': String(REACT['src/Counter.tsx']), 'src/App.tsx': String(REACT['src/App.tsx']).replace('./Counter', './Clicker') }, ['src/Counter.tsx'])
  assert.equal(project.result.status, 'built')
  assert.ok(!project.served.has('/src/Counter.tsx'))
  assert.deepEqual(project.updated, ['/src/App.tsx'])
})

test('a circular import builds and updates', async () => {
  const project = await Project.of({ ...REACT,
    'src/App.tsx': "import { B } from './B'\nexport function A() { return <B /> }\nexport default A\n",
    'src/B.tsx': "import { A } from './App'\nexport function B() { return <p>{String(A)}</p> }\n" })
  assert.equal(project.result.status, 'built')
  await project.put({ 'src/B.tsx': "import { A } from './App'\nexport function B() { return <b>{String(A)}</b> }\n" })
  assert.deepEqual(project.updated, ['/src/B.tsx'])
})

test('a circle of plain modules that reaches the entry reloads and ends', async () => {
  const project = await Project.of({ ...REACT, 'src/main.tsx': "import './a'\n", 'src/a.ts': "import './b'\n", 'src/b.ts': "import './a'\n" })
  await project.put({ 'src/b.ts': "import './a'\nconsole.log(1)\n" })
  assert.equal(project.hot.type, 'reload')
})

for (const [name, path, text, line] of [
  ['TSX', 'src/Counter.tsx', 'export function Counter() {\n  return <p>{</p>\n}\n', 2],
  ['TypeScript', 'src/label.ts', 'export const label = \n\n]\n', 3],
  ['JSON', 'src/data.json', '{\n  "a": 1,\n  oops\n}', 3],
] as const) {
  test(`a mistake in ${name} names its line and is cleared by the next build`, async () => {
    const files = { ...REACT, 'src/data.json': '{"a": 1}', 'src/main.tsx': String(REACT['src/main.tsx']) + "import './data.json'\n" }
    const project = await Project.of(files)
    assert.equal(project.result.status, 'built')
    await project.put({ [path]: text })
    assert.equal(project.fault.kind, 'build')
    assert.deepEqual([project.fault.file, project.fault.line], [path, line])
    await project.put({ [path]: String(files[path as keyof typeof files]) })
    assert.equal(project.result.status, 'built')
    assert.equal(project.hot.type, 'none')
  })
}

test('an edit made while another file is broken is shown once that one is mended', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'src/label.ts': 'export const = 1' })
  await project.put({ 'src/Counter.tsx': String(REACT['src/Counter.tsx']).replace('{n}<', '{n}+<') })
  assert.equal(project.result.status, 'fault')
  await project.put({ 'src/label.ts': String(REACT['src/label.ts']) })
  assert.deepEqual(project.updated, ['/src/Counter.tsx'])
})

test('a name that a module does not export is a fault with its place', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'src/App.tsx': String(REACT['src/App.tsx']).replace('{ label }', '{ lable }').replace('{label}', '{lable}') })
  assert.equal(project.fault.code, 'missing-export')
  assert.equal(project.fault.line, 2)
  assert.deepEqual(project.fault.suggestion?.label, phrase('engine.did_you_mean', { name: 'label' }))
})

test('a package that package.json lacks: said, and one click adds it', async () => {
  const project = await Project.of({ ...REACT, 'src/label.ts': "import clsx from 'clsx'\nexport const label = clsx('a')\n" })
  assert.equal(project.fault.code, 'missing-package')
  assert.deepEqual(project.fault.says, phrase('engine.missing_package', { path: 'src/label.ts', name: 'clsx' }))
  const changes = project.fault.suggestion!.changes!
  await project.put(changes.put)
  assert.equal(project.result.status, 'built')
})

test('a package of the set that cannot be loaded is told with the reason', async () => {
  const project = await Project.of({ ...REACT, 'src/label.ts': "import { x } from 'zustand/nope'\nexport const label = x\n" }, { broken: { 'zustand/nope': 'there is no such file' } })
  assert.equal(project.fault.code, 'package')
  assert.deepEqual(project.fault.says, phrase('engine.package', { specifier: 'zustand/nope', path: 'src/label.ts', reason: 'there is no such file' }))
})

test('a package that is held back is told as such, with the reason', async () => {
  const project = await Project.of({ ...REACT, 'src/label.ts': "import { x } from 'zustand'\nexport const label = x\n" }, { held: { zustand: 'it came out a day ago' } })
  assert.deepEqual([project.fault.kind, project.fault.code, project.fault.file], ['policy', 'package_held', 'src/label.ts'])
  assert.deepEqual(project.fault.says, phrase('engine.package_held', { held: 'it came out a day ago' }))
})

test('a module of Node.js needs another engine', async () => {
  const project = await Project.of({ ...REACT, 'src/label.ts': "import fs from 'node:fs'\nexport const label = String(fs)\n" })
  assert.deepEqual([project.fault.kind, project.fault.code, project.fault.line], ['policy', 'node', 1])
})

test('another set of packages reloads the page', async () => {
  const project = await Project.of(REACT)
  await project.put({ 'package.json': JSON.stringify({ dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0', zustand: '^5.0.0', clsx: '^2.1.0' } }) })
  assert.equal(project.hot.type, 'reload')
})

test('files that still arrive are waited for, what is there is told', async () => {
  const project = new Project()
  const order = ['package.json', 'index.html', 'src/main.tsx', 'src/index.css', 'src/App.tsx', 'src/Counter.tsx']
  for (const path of order) assert.equal((await project.put({ [path]: REACT[path]! }, false)).status, 'waiting', path)
  assert.ok(project.requests.length > 0, 'packages are asked for before the last file')
  assert.equal((await project.put({ 'src/label.ts': REACT['src/label.ts']! }, false)).status, 'built')
  assert.equal((await project.put({ 'src/later.ts': 'export const = ' }, false)).status, 'fault')
  assert.equal((await project.change({}, ['src/later.ts'], true)).status, 'built')
})

test('what is still missing at the end is a fault', async () => {
  const project = new Project()
  const { 'src/label.ts': _, ...rest } = REACT
  assert.equal((await project.put(rest, false)).status, 'waiting')
  await project.change({}, [], true)
  assert.equal(project.fault.code, 'missing-file')
})

test('no page to begin with', async () => {
  const { 'index.html': _, ...rest } = REACT
  const project = await Project.of(rest)
  assert.equal(project.fault.code, 'no-page')
})

test('JSON, raw, url, inline and dynamic imports', async () => {
  const project = await Project.of({ ...REACT,
    'src/label.ts': "import data, { size } from './data.json'\nimport text from './note.txt?raw'\nimport logo from './logo.svg'\nimport link from './note.txt?url'\nimport css from './extra.css?inline'\nexport const label = [data, size, text, logo, link, css].join()\nexport const page = () => import('./Page')\n",
    'src/data.json': '{"size": 3, "class": "x"}', 'src/note.txt': 'a "note"', 'src/logo.svg': '<svg/>', 'src/extra.css': 'p{color:red}', 'src/Page.tsx': 'export default () => <p>page</p>\n' })
  assert.match(project.text('/@module/src/data.json.js'), /export const size=\$\$json\["size"\]/)
  assert.equal(project.text('/@module/src/note.txt@raw.js'), 'export default "a \\"note\\"";')
  assert.equal(project.text('/@module/src/logo.svg@url.js'), 'export default "/src/logo.svg";')
  assert.equal(project.text('/src/logo.svg'), '<svg/>')
  assert.match(project.text('/@module/src/extra.css@inline.js'), /color:red/)
  assert.match(project.text('/src/label.ts'), /import\("\/src\/Page\.tsx"\)/)
  assert.match(project.text('/src/Page.tsx'), /export\{\$\$default as default\}/)
  assert.ok(!project.text('/index.html').includes('href="/src/Page.tsx"'), 'a lazy page is not preloaded')
  await project.put({ 'src/data.json': '{"size": 4}' })
  assert.deepEqual(project.updated, ['/src/App.tsx'])
  await project.put({ 'src/logo.svg': '<svg id="b"/>' })
  assert.deepEqual(project.updated, ['/src/App.tsx'])
  assert.match(project.text('/@module/src/logo.svg@url.js'), /logo\.svg\?v=\d+/)
})

test('import.meta.glob follows the files that come and go', async () => {
  const project = await Project.of({ ...REACT,
    'src/label.ts': "const lazy = import.meta.glob('./pages/*.tsx')\nconst now = import.meta.glob(['./words/*.ts', '!./words/b.ts'], { eager: true, import: 'default' })\nexport const label = Object.keys({ ...lazy, ...now }).join()\n",
    'src/pages/One.tsx': 'export default function One() { return <p /> }\n', 'src/words/a.ts': 'export default 1\n', 'src/words/b.ts': 'export default 2\n' })
  const text = project.text('/src/label.ts')
  assert.match(text, /"\.\/pages\/One\.tsx":\(\)=>import\("\/src\/pages\/One\.tsx"\)/)
  assert.match(text, /import \{"default" as \$\$glob1_0\} from "\/src\/words\/a\.ts"/)
  assert.doesNotMatch(text, /words\/b\.ts"/)
  await project.put({ 'src/pages/Two.tsx': 'export default function Two() { return <p /> }\n' })
  assert.match(project.text('/src/label.ts'), /Two\.tsx/)
  assert.deepEqual(project.updated, ['/src/App.tsx'])
})

test('environment, tsconfig paths and aliases of the Vite configuration', async () => {
  const project = await Project.of({ ...REACT,
    '.env': 'VITE_NAME="A # b"\nSECRET=x\nVITE_LONG=${VITE_NAME}!', 'index.html': String(REACT['index.html']).replace('<title>x', '<title>%VITE_NAME%'),
    'tsconfig.json': '{ // comment\n "compilerOptions": { "baseUrl": ".", "paths": { "#lib/*": ["./src/lib/*"], }, }, }',
    'vite.config.ts': "import path from 'node:path'\nimport { defineConfig } from 'vite'\nexport default defineConfig({ resolve: { alias: { '~': path.resolve(__dirname, './src') } } })\n",
    'src/lib/one.ts': 'export const one = 1\n', 'src/label.ts': "import { one } from '#lib/one'\nimport { two } from '~/two'\nimport { three } from '@/three'\nexport const label = import.meta.env.VITE_NAME + one + two + three\n",
    'src/two.ts': 'export const two = 2\n', 'src/three.ts': 'export const three = 3\n' })
  assert.match(project.text('/src/label.ts'), /"VITE_LONG":"A # b!"/)
  assert.doesNotMatch(project.text('/src/label.ts'), /SECRET/)
  assert.match(project.text('/src/label.ts'), /"\/src\/lib\/one\.ts"[^]*"\/src\/two\.ts"[^]*"\/src\/three\.ts"/)
  assert.match(project.text('/index.html'), /<title>A # b/)
  await project.put({ '.env': 'VITE_NAME=B' })
  assert.deepEqual(project.updated, ['/src/App.tsx'])
})

test('CSS modules, imports and url() in styles', async () => {
  const project = await Project.of({ ...REACT,
    'src/Counter.tsx': "import styles from './Counter.module.css'\nexport function Counter() { return <p className={styles.box}>x</p> }\n",
    'src/Counter.module.css': '.box { composes: base; animation: spin 1s; background: url(./dot.png) }\n.base :global(.ext) { color: red }\n@keyframes spin { to { rotate: 1turn } }\n',
    'src/dot.png': new Uint8Array([137, 80]), 'src/index.css': '@import "./parts/a.css" screen;\nbody { margin: 0 }\n', 'src/parts/a.css': 'i { background: url("../dot.png") }' })
  const module = project.text('/@module/src/Counter.module.css.js')
  assert.match(module, /"box":"_box_\w+ _base_\w+"/)
  assert.match(module, /animation: _spin_\w+ 1s/)
  assert.match(module, /url\(\\"\/src\/dot\.png\\"\)/)
  assert.match(module, /\._base_\w+ \.ext/)
  assert.match(project.text('/@module/src/index.css.js'), /@media screen\{i \{ background: url\(\\"\/src\/dot\.png\\"\) \}\}/)
  assert.deepEqual(project.served.get('/src/dot.png')?.type, 'image/png')
})

test('a stylesheet linked in the page, an inline module script, a classic script, a second page', async () => {
  const project = await Project.of({
    'index.html': "<html><head><link rel=stylesheet href='./style.css'><script src=old.js></script></head><body><p>hi<script type=module>import { a } from './a.js'; console.log(a)</script></body></html>",
    'about.html': '<p>about<script type="module" src="./a.js"></script>', 'style.css': 'p { color: red }', 'old.js': 'var x = 1', 'a.js': 'export const a = 1' })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  assert.equal(project.served.get('/style.css')?.type, 'text/css')
  assert.match(project.text('/index.html'), /src="\/index\.html@0\.js"/)
  assert.match(project.text('/index.html@0.js'), /from "\/a\.js"/)
  assert.equal(project.text('/old.js'), 'var x = 1')
  assert.match(project.text('/about.html'), /capture\.js/)
  await project.put({ 'style.css': 'p { color: blue }' })
  assert.deepEqual(project.hot.type === 'update' && project.hot.styles, [{ id: '/style.css', css: 'p { color: blue }' }])
})

test('only output for a watched preview names the builder', async () => {
  assert.match((await Project.of(REACT, { builder: 'http://localhost:8000' })).text('/index.html'), /data-builder="http:\/\/localhost:8000"/)
  assert.doesNotMatch((await Project.of(REACT)).text('/index.html'), /data-builder/)
})

test('an import whose path is put together leads to every file it can mean', async () => {
  const project = await Project.of({ ...REACT, 'src/label.ts': 'export const label = "x"\nexport const load = (l: string) => import(`./words/${l}.ts`)\n', 'src/words/en.ts': 'export default 1\n' })
  assert.match(project.text('/src/label.ts'), /"\.\/words\/en\.ts":\(\)=>import\("\/src\/words\/en\.ts"\)/)
  assert.match(project.text('/src/label.ts'), /`\.\/words\/\$\{l\}\.ts`\)/)
})

test('a worker of the app is compiled and served', async () => {
  const project = await Project.of({ ...REACT, 'src/label.ts': "export const label = 'x'\nexport const start = () => new Worker(new URL('./count.ts', import.meta.url), { type: 'module' })\n", 'src/count.ts': 'const n: number = 1\npostMessage(n)\n' })
  assert.match(project.text('/src/count.ts'), /const n = 1/)
  assert.match(project.text('/src/label.ts'), /new URL\("\/src\/count\.ts", \(location\.origin\+"\/src\/label\.ts"\)\)/)
})

test('the stylesheet of a package is linked in the page and by the module that imports it', async () => {
  const project = await Project.of({ ...REACT, 'package.json': JSON.stringify({ dependencies: { react: '^19', 'react-dom': '^19', leaflet: '^1' } }), 'src/main.tsx': String(REACT['src/main.tsx']) + "import 'leaflet/dist/leaflet.css'\n" })
  assert.match(project.text('/index.html'), /<link rel="stylesheet" href="\/@deps\/\w+\/leaflet__dist__leaflet\.css">/)
  assert.match(project.text('/src/main.tsx'), /import "\/@module\/leaflet\/dist\/leaflet\.css@package-style\.js"/)
  assert.match(project.text('/@module/leaflet/dist/leaflet.css@package-style.js'), /linkStyle\("\/@deps/)
})

const BUILDER = { builder: 'http://localhost:8000' }
const without = (...names: string[]) => Object.fromEntries(Object.entries(REACT).filter(([name]) => !names.includes(name)))
const ahead = (project: Project) => (project.result.status === 'waiting' ? project.result.ahead : undefined)
const begins = (project: Project) => (project.result.status === 'built' ? project.result.start : undefined)

/** A project of which one file is missing. */
async function waiting(files = without('src/label.ts'), options = BUILDER): Promise<Project> {
  const project = new Project(options)
  await project.put({ 'README.md': 'x', ...files }, false)
  return project
}

test('while files are missing, a page that holds its entry back is laid ready with packages and modules', async () => {
  const project = await waiting()
  const { page, files, packages, preloads } = ahead(project)!
  assert.match(page!, /data-builder="http:\/\/localhost:8000" data-waiting>/)
  assert.match(page!, /<script type="sayso\/held" src="\/src\/main\.tsx">/)
  assert.doesNotMatch(page!, /__sayso_entered/)
  assert.deepEqual(Object.keys(files), ['/src/Counter.tsx'], 'App still lacks a file, and the entry stands on it')
  assert.deepEqual(packages.map((p) => p.split('/').pop()).sort(), ['react-dom__client.js', 'react.js', 'react__jsx-dev-runtime.js'], 'only what is imported runs')
  assert.ok(preloads.some((p) => p.endsWith('/chunk-shared.js')) && preloads.includes('/src/Counter.tsx'))
  await project.put({ 'README.md': 'y' }, false)
  assert.equal(ahead(project), undefined, 'nothing is told twice')
})

test('with the last file the waiting page begins, and what is served is what a page of its own gets', async () => {
  const project = await waiting()
  const laid = ahead(project)!.files
  await project.put({ 'src/label.ts': String(REACT['src/label.ts']) }, false)
  assert.deepEqual(begins(project)!.entries, ['/src/main.tsx'])
  assert.deepEqual(begins(project)!.preloads.sort(), ['/@module/src/index.css.js', '/src/App.tsx', '/src/label.ts', '/src/main.tsx'])
  for (const [path, file] of Object.entries(laid)) assert.equal(project.text(path), file.body)
  const whole = await Project.of(REACT, BUILDER)
  assert.deepEqual(Object.fromEntries(project.served), Object.fromEntries(whole.served))
  await project.put({ 'src/label.ts': "export const label = 'bye'\n" })
  assert.deepEqual([project.updated, begins(project)], [['/src/App.tsx'], undefined])
})

test('a page that waits is brought all it was not told of, where a picture is not among that', async () => {
  const origin = { ...BUILDER, origin: ORIGIN }
  const label = { 'src/label.ts': String(REACT['src/label.ts']) }
  const files = { ...without('src/label.ts'), 'public/icon.svg': '<svg/>', 'src/data.json': '[1]', 'src/README.md': '' }
  const project = await waiting(files, origin)
  assert.deepEqual(Object.keys(ahead(project)!.files).sort(), ['/@module/src/data.json.js', '/icon.svg', '/src/Counter.tsx'])
  await project.put(label, false)
  const { entries, preloads, texts } = begins(project)!
  assert.deepEqual([entries, preloads], [['/src/main.tsx'], []])
  assert.deepEqual(Object.keys(texts!).sort(), ['/@module/src/index.css.js', '/src/App.tsx', '/src/label.ts', '/src/main.tsx'])
  assert.ok(texts!['/src/App.tsx']!.includes(`from "${ORIGIN}/src/Counter.tsx"`))
  const late = await waiting(files, origin)
  await late.put({ ...label, 'public/late.svg': '<svg/>' }, false)
  assert.ok(begins(late) && begins(late)!.texts === undefined)
})

test('a waiting page that turns out otherwise does not begin', async () => {
  const label = { 'src/label.ts': String(REACT['src/label.ts']) }
  const cases: Record<string, Record<string, string>> = {
    'the page is another': { 'index.html': String(REACT['index.html']).replace('title>x', 'title>y') },
    'a module is another': { 'src/Counter.tsx': String(REACT['src/Counter.tsx']).replace('{n}<', '{n}!<') },
    'the packages are others': { 'package.json': String(REACT['package.json']).replace('zustand', 'zustand-two') },
    'the app waits for the page to load': { 'src/label.ts': "export const label = 'x'\ndocument.addEventListener('DOMContentLoaded', () => {})\n" },
  }
  for (const [why, changes] of Object.entries(cases)) {
    const project = await waiting()
    assert.ok(ahead(project), why)
    await project.put({ ...label, ...changes }, false)
    assert.equal(project.result.status, 'built', why)
    assert.equal(begins(project), undefined, why)
  }
})

test('other packages bring another waiting page', async () => {
  const project = await waiting()
  await project.put({ 'package.json': String(REACT['package.json']).replace('zustand', 'zustand-two'), 'src/Counter.tsx': "import 'zustand-two'\n" + String(REACT['src/Counter.tsx']) }, false)
  assert.notEqual(ahead(project)?.page, undefined)
  assert.ok(ahead(project)!.packages.some((p) => p.endsWith('/zustand-two.js')))
})

test('pages with scripts of their own, and output that nobody watches, do not wait', async () => {
  const page = String(REACT['index.html'])
  const entry = '<script type="module" src="/src/main.tsx">'
  for (const html of [
    page.replace(entry, '<script>var a = 1</script>' + entry), page.replace(entry, '<script type="module">import "/src/main.tsx"</script>' + entry),
    page.replace(entry, '<script src="https://cdn.example/x.js"></script>' + entry), page.replace('<body>', '<body onload="go()">'),
    page.replace('</head>', '<link rel="stylesheet" href="/src/index.css"></head>'),
  ]) assert.equal(ahead(await waiting({ ...without('src/label.ts'), 'index.html': html })), undefined, html)
  assert.equal(ahead(await waiting(undefined, { builder: '' })), undefined)
})
