import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Project } from './project.ts'
import type { FileMap } from '../src/engine/engine.ts'

const page = '<!doctype html><html><head></head><body><script type="module" src="/src/main.ts"></script></body></html>'

/** A project that has to be built; `main` is its entry. */
async function built(main: string, files: FileMap = {}, options: ConstructorParameters<typeof Project>[0] = {}): Promise<Project> {
  const project = await Project.of({ 'index.html': page, 'src/main.ts': main, ...files }, options)
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  return project
}

/** What a module exports when it runs; it may import nothing. */
const run = async (code: string): Promise<Record<string, unknown>> => (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>

test('constants of the configuration stand in the code, and nowhere else', async () => {
  const config = "import { defineConfig } from 'vite'\nimport pkg from './package.json'\nconst n = 40\nexport default defineConfig(({ command }) => ({ define: { __N__: n + 2, __V__: JSON.stringify(pkg.version), __O__: { a: [1] }, 'process.env.T': '\"t\"', __SERVE__: command === 'serve' } }))\n"
  const project = await built("const o = { __N__: 1, __V__ }\nexport const seen = [__N__, __V__, __O__.a[0], process.env.T, __SERVE__, o.__N__, '__N__', (function (__V__: number) { return __V__ })(7)]\n", { 'vite.config.ts': config, 'package.json': '{"version":"1.2.3"}' })
  // A name that the module declares somewhere is left alone in all of it.
  assert.match(project.text('/src/main.ts'), /\[\(42\), __V__, /)
  const other = await built('export const seen = [__N__, __V__, __O__.a[0], process.env.T, __SERVE__, { __N__ }.__N__, "__N__"]\n', { 'vite.config.ts': config, 'package.json': '{"version":"1.2.3"}' })
  assert.deepEqual((await run(other.text('/src/main.ts'))).seen, [42, '1.2.3', 1, 't', true, 42, '__N__'])
})

test('the environment: other prefixes and folders, references, quotes', async () => {
  const project = await built('export const env = import.meta.env\n', {
    'vite.config.ts': "export default { envPrefix: ['APP_', 'VITE_'], envDir: 'conf' }", 'conf/.env': "APP_A=a\nVITE_B=${APP_A}-$APP_A-${NO:-else}\nVITE_C='x # y' # z\nVITE_D=\"two\nlines\"\nOTHER=no\n",
  })
  const { env } = await run(project.text('/src/main.ts')) as { env: Record<string, unknown> }
  assert.deepEqual([env.APP_A, env.VITE_B, env.VITE_C, env.VITE_D, env.OTHER], ['a', 'a-a-else', 'x # y', 'two\nlines', undefined])
})

test('aliases by pattern, to packages, and the imports of package.json', async () => {
  const project = await built("import { a } from 'lib/a'\nimport { b } from '#b/b.js'\nimport { h } from 'react'\nconsole.log(a, b, h)\n", {
    'vite.config.ts': "import path from 'node:path'\nexport default { resolve: { alias: [{ find: /^lib\\/(.*)$/, replacement: path.resolve(__dirname, 'src/x/$1') }, { find: 'react', replacement: 'preact/compat' }] } }",
    'package.json': '{"dependencies":{"preact":"10"},"imports":{"#b/*":"./src/b/*"}}', 'src/x/a.ts': 'export const a = 1\n', 'src/b/b.js': 'export const b = 1\n',
  })
  const text = project.text('/src/main.ts')
  assert.ok(text.includes('"/src/x/a.ts"') && text.includes('"/src/b/b.js"') && text.includes('preact__compat.js'), text)
})

test('paths of a tsconfig that is extended', async () => {
  const project = await built("import { a } from '#app/a'\nconsole.log(a)\n", { 'tsconfig.json': '{"extends":"./tsconfig.base.json"}', 'tsconfig.base.json': '{"compilerOptions":{"paths":{"#app/*":["./src/*"]}}}', 'src/a.ts': 'export const a = 1\n' })
  assert.match(project.text('/src/main.ts'), /"\/src\/a\.ts"/)
})

test('queries: data, wasm, workers by address, style sheets by address', async () => {
  const project = await built("import d from './a.svg?inline'\nimport w from './a.wasm?init'\nimport u from './w.ts?worker&url'\nimport S from './w.ts?sharedworker'\nimport c from './a.scss?url'\nimport t from './note.txt?url'\nconsole.log(d, w, u, S, c, t)\n", {
    'src/a.svg': '<svg/>', 'src/a.wasm': new Uint8Array([0, 97, 115, 109]), 'src/w.ts': 'self.onmessage = () => {}\n', 'src/a.scss': '$a: red; a { color: $a }', 'src/note.txt': 'note',
  })
  assert.match(project.text('/@module/src/a.svg@data.js'), /data:image\/svg\+xml,%3Csvg%2F%3E/)
  assert.match(project.text('/@module/src/a.wasm@wasm.js'), /instantiateStreaming\(fetch\("\/src\/a\.wasm"\)/)
  assert.match(project.text('/@module/src/w.ts@worker-url.js'), /export default "\/src\/w\.ts"/)
  assert.match(project.text('/@module/src/w.ts@shared-worker.js'), /new SharedWorker\("\/src\/w\.ts"/)
  assert.match(project.text('/src/a.scss'), /color: red/)
  assert.equal(project.text('/src/note.txt'), 'note')
})

test('glob patterns: a base for the keys, an exact alias, a query of a dynamic import', async () => {
  const project = await built("console.log(import.meta.glob('./*.ts', { base: './p' }), import.meta.glob('@/p/*.ts'))\nconst n: string = 'a'\nvoid import(`./t/${n}.txt?raw`)\n", {
    'vite.config.ts': "export default { resolve: { alias: { '@': '/src' } } }", 'src/p/a.ts': 'export {}\n', 'src/t/a.txt': 'text',
  })
  const text = project.text('/src/main.ts')
  assert.ok(text.includes('"./a.ts":') && text.includes('"/src/p/a.ts":') && text.includes('"./t/a.txt?raw":'), text)
})

test('Sass: partials, modules, both syntaxes, what stands before each sheet; a change of a partial is a change', async () => {
  const project = await built("import './a.scss'\nimport './b.sass'\nimport s from './c.module.scss'\nconsole.log(s)\n", {
    'vite.config.ts': "export default { css: { preprocessorOptions: { scss: { additionalData: '$first: 3px;' } } } }",
    'src/a.scss': "@use './parts/v' as v; a { color: v.$tone; margin: $first; background: url('./x.svg') }", 'src/parts/_v.scss': '$tone: teal;', 'src/b.sass': '$p: 9px\nb\n  padding: $p\n', 'src/c.module.scss': '.one { .two { color: red } }', 'src/x.svg': '<svg/>',
  })
  assert.match(project.text('/@module/src/a.scss.js'), /color: teal.*margin: 3px.*url\(\\"\/src\/x\.svg\\"\)/)
  assert.match(project.text('/@module/src/b.sass.js'), /padding: 9px/)
  assert.match(project.text('/@module/src/c.module.scss.js'), /export const one=.*export const two=/)
  await project.put({ 'src/parts/_v.scss': '$tone: plum;' })
  assert.ok(project.hot.type === 'update')
  assert.match(project.hot.styles[0]!.css, /plum/)
  await project.put({ 'src/parts/_v.scss': '$tone plum;' })
  assert.deepEqual([project.fault.kind, project.fault.file, project.fault.line], ['build', 'src/parts/_v.scss', 1])
})

test('Less: variables, mixins, imports; a mistake has its place', async () => {
  const project = await built("import './a.less'\n", { 'src/a.less': "@import './v';\n.m() { margin: 2px }\na { color: @tone; .m(); &:hover { color: fade(red, 50%) } }", 'src/v.less': '@tone: teal;' })
  assert.match(project.text('/@module/src/a.less.js'), /color: teal.*margin: 2px/)
  await project.put({ 'src/a.less': 'a { color: @none }' })
  assert.deepEqual([project.fault.kind, project.fault.file, project.fault.line], ['build', 'src/a.less', 1])
})

test('Sass in components of Vue and Svelte', async () => {
  const vue = await built("import A from './A.vue'\nconsole.log(A)\n", { 'package.json': '{"dependencies":{"vue":"3"}}', 'src/A.vue': '<template><p :class="$style.x"/></template><style lang="scss" scoped>$c: teal; p { b { color: $c } }</style><style module>.x { color: red }</style>' })
  assert.match(vue.text('/src/A.vue'), /p b\[data-v-\w+\] \{\\n {2}color: teal/)
  assert.match(vue.text('/src/A.vue'), /\["\$style"\]=\{"x":"_x_\w+"\}/)
  const svelte = await built("import A from './A.svelte'\nconsole.log(A)\n", { 'package.json': '{"dependencies":{"svelte":"5"}}', 'src/A.svelte': '<p>a</p><style lang="scss">$c: teal; p { color: $c }</style>' })
  assert.match(svelte.text('/src/A.svelte'), /color: teal/)
})

test('decorators of TypeScript, on classes, members and parameters', async () => {
  const source = "const log: string[] = []\nconst cls = (t: any) => { t.label = 'l' }\nconst twice = (_: any, __: string, d: PropertyDescriptor) => { const was = d.value; d.value = function (...a: any[]) { return 2 * was.apply(this, a) } }\nconst field = (t: any, k: string) => { log.push('f ' + k) }\nconst param = (_: any, k: string, i: number) => { log.push(`${k} ${i}`) }\n@cls export class A { @field size = 3; @twice n(@param x: number) { return x } @twice static s() { return 4 } }\nexport default class B extends A {\n  @field private other?: string\n}\nexport const seen = [(A as any).label, new A().n(2), A.s(), log.join()]\n"
  const project = await built(source, { 'tsconfig.json': '{"compilerOptions":{"experimentalDecorators":true}}' })
  const { seen, default: B } = await run(project.text('/src/main.ts')) as { seen: unknown[]; default: { name: string } }
  assert.deepEqual([seen, B.name], [['l', 4, 8, 'f size,n 0,f other'], 'B'])
  assert.equal(project.text('/src/main.ts').split('\n').length, source.split('\n').length)
})

test('fields are assigned where tsconfig says so, after the properties that are parameters', async () => {
  const source = 'const sets: string[] = []\nclass Base { set x(v: number) { sets.push(`x ${v}`) } }\nexport class C extends Base {\n  none?: string\n  x = 1\n  sum: number = this.p + 1\n  constructor(public p = 4) { super() }\n}\nclass D extends Base { x = 2; static t = 3 }\nconst c = new C()\nnew D()\nexport const seen = [sets, c.sum, "none" in c, D.t]\n'
  const assigned = await built(source, { 'tsconfig.json': '{"compilerOptions":{"target":"ES2020"}}' })
  assert.deepEqual((await run(assigned.text('/src/main.ts'))).seen, [['x 1', 'x 2'], 5, false, 3])
})

test('namespaces with values, nested, merged and exported', async () => {
  const source = "export namespace A { export const a = 1; export namespace B { export function f() { return a + 1 } } const hidden = 5; export let g = hidden; export interface I { x: number } }\nnamespace A2.C { export enum E { X = 3 } }\nnamespace Types { export type T = string }\nnamespace M { export const one = 1 }\nnamespace M { export const two = 2 }\nexport const seen = [A.a, A.B.f(), A.g, A2.C.E.X, M.one, M.two]\n"
  const project = await built(source)
  assert.deepEqual((await run(project.text('/src/main.ts'))).seen, [1, 2, 5, 3, 1, 2])
})

test('the classic runtime of JSX, by comments of the file and by tsconfig', async () => {
  const own = await built('', { 'index.html': page.replace('main.ts', 'main.tsx'), 'src/main.tsx': '/** @jsxRuntime classic @jsx h @jsxFrag F */\nconst h = (t: any, p: any, ...c: any[]) => [t, p, ...c]\nconst F = "f"\nexport const seen = <><a b="c">d</a></>\n' })
  assert.deepEqual((await run(own.text('/src/main.tsx').replace(/^import.*?;/g, ''))).seen, ['f', null, ['a', { b: 'c' }, 'd']])
  const project = await built('', { 'index.html': page.replace('main.ts', 'main.tsx'), 'tsconfig.json': '{"compilerOptions":{"jsx":"react","jsxFactory":"h","jsxFragmentFactory":"Fragment"}}', 'package.json': '{"dependencies":{"preact":"10"}}', 'src/main.tsx': "import { h } from 'preact'\nconsole.log(<a />)\n" })
  assert.match(project.text('/src/main.tsx'), /h\('a', null/)
})

test('an MDX page is a component', async () => {
  const project = await built("import P, { t } from './p.mdx'\nconsole.log(P, t)\n", { 'package.json': '{"dependencies":{"react":"19","react-dom":"19"}}', 'src/p.mdx': "export const t = 'x'\n\n# Hi {1 + 1}\n\n<b>in</b>\n" })
  assert.match(project.text('/src/p.mdx'), /react__jsx-runtime\.js/)
  await project.put({ 'src/p.mdx': '# Hi\n\n<b>\n' })
  assert.deepEqual([project.fault.kind, project.fault.file], ['build', 'src/p.mdx'])
})

test('Tailwind 4: a configuration that can be read, sources that are named, quotes in brackets', async () => {
  const project = await built("import './a.css'\nconst c = \"p-18 before:content-['x_'] text-brand m-3\"\nconsole.log(c)\n", {
    'tailwind.config.js': "export default { theme: { extend: { colors: { brand: '#0a7' }, spacing: { 18: '4.5rem' } } } }", 'src/a.css': '@import "tailwindcss" source(none);\n@config "../tailwind.config.js";\n@source "./main.ts";\n@source not "./b.ts";\n', 'src/b.ts': "export const b = 'm-9'\n", 'src/c.ts': "export const c = 'm-8'\n",
  })
  const css = project.text('/@module/src/a.css.js')
  assert.ok(css.includes('4.5rem') && css.includes('#0a7') && css.includes("'x '") && css.includes('.m-3') && !css.includes('.m-9') && !css.includes('.m-8'), css.slice(-1500))
})

test('CSS modules: composes through files, values, names by the configuration', async () => {
  const project = await built("import s from './a.module.css'\nconsole.log(s)\n", {
    'vite.config.ts': "export default { css: { modules: { localsConvention: 'camelCase', generateScopedName: '[name]__[local]' } } }",
    'src/a.module.css': "@value tone: teal;\n.main-one { color: tone; composes: x from './b.module.css' }", 'src/b.module.css': '.y { margin: 0 }\n.x { composes: y; color: red }',
  })
  const text = project.text('/@module/src/a.module.css.js')
  assert.ok(text.includes('color: teal') && text.includes('"mainOne":"a-module__main-one b-module__x b-module__y"') && text.includes('"main-one":') && text.includes('"tone":"teal"'), text)
  assert.match(text, /color: red[^]*color: teal/)
})

test('imports of style sheets: beside the sheet without a dot, and by an alias', async () => {
  const project = await built("import './a.css'\n", { 'vite.config.ts': "export default { resolve: { alias: { '@': '/src' } } }", 'src/a.css': "@import 'parts/b.css';\n@import '@/c.css';", 'src/parts/b.css': 'b { color: red }', 'src/c.css': 'c { color: blue }' })
  assert.match(project.text('/@module/src/a.css.js'), /b \{ color: red \}.*c \{ color: blue \}/)
})

test('what an import map of the page resolves stays as it is', async () => {
  const html = page.replace('<head>', '<head><script type="importmap">{"imports":{"far":"/far.js"}}</script>')
  const project = await built("import { far } from 'far'\nconsole.log(far)\n", { 'index.html': html, 'vite.config.ts': "export default { build: { rollupOptions: { external: ['far'] } } }", 'public/far.js': 'export const far = 1\n' })
  assert.match(project.text('/src/main.ts'), /from 'far'/)
  const served = project.text('/index.html')
  assert.ok(served.indexOf('importmap') < served.indexOf('/@sayso/refresh.js'))
})

test('class names with angles, quotes and brackets inside their brackets', async () => {
  const project = await built("import './a.css'\ndocument.body.className = \"has-[>svg]:px-3 [&>p]:m-1 [&_svg:not([class*='size-'])]:size-4 before:content-['a'] data-[state=open]:bg-[url('/x.png')]\"\n", { 'src/a.css': '@import "tailwindcss/utilities.css";\n@theme { --spacing: 4px }\n' })
  const css = project.text('/@module/src/a.css.js')
  for (const one of ['has-\\\\[', '\\\\[\\\\&\\\\>p', 'svg\\\\:not', 'before\\\\:content', 'state\\\\=open']) assert.ok(css.includes(one.replaceAll('\\\\', '\\')) || css.includes(one), one + css.slice(0, 900))
})

test('variables that the configuration gives to Less, before its sheets and instead of theirs', async () => {
  const config = "export default { css: { preprocessorOptions: { less: { javascriptEnabled: true, globalVars: { gap: '7px' }, modifyVars: { ink: '#1da57a', '@edge': '3px' } } } } }"
  const project = await built("import './a.less'\n", { 'vite.config.ts': config, 'src/a.less': '@ink: blue;\na { color: @ink; margin: @gap; padding: @edge }\n' })
  assert.match(project.text('/@module/src/a.less.js'), /color: #1da57a;\\n {2}margin: 7px;\\n {2}padding: 3px/)
})

test('decorators run in the order in which the members are written', async () => {
  const project = await built("const seen: string[] = []\nconst log = (name: string) => (..._: unknown[]): void => { seen.push(name) }\nclass A { @log('a') a = 1; @log('b') static b() {} @log('c') c() {} }\nexport const found = [seen.join(), new A().a]\n", { 'tsconfig.json': '{"compilerOptions":{"experimentalDecorators":true}}' })
  assert.deepEqual((await run(project.text('/src/main.ts'))).found, ['a,b,c', 1])
})
