import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash } from '../src/instant/files/hash.ts'
import { parse as parseSvelte } from '../src/instant/scripts/svelte.ts'
import { outlineOf } from '../src/places/outline.ts'
import { Places } from '../src/places/places.ts'
import { plainSelector, rulesOf } from '../src/places/rules.ts'
import { withClass } from '../src/places/tailwind-classes.ts'
import { chance } from './chance.ts'
import { LOOKS } from '../src/engine/place.ts'
import type { Decided, Look, PlaceMark, Pointed, Written } from '../src/engine/place.ts'

const places = (files: Record<string, string>): Places => new Places({ text: (path) => files[path], paths: () => Object.keys(files), whole: (path) => path.slice(1) }, async () => parseSvelte)

function mark(path: string, source: string, name: string): PlaceMark {
  const outline = outlineOf(path, source, parseSvelte)!
  const { start } = outline.elements.find((one) => one.name === name)!
  if (/\.[jt]sx$/.test(path)) return { file: path, hash: hash(source), n: outline.numbered.findIndex((one) => one.start === start) }
  if (path.endsWith('.svelte')) { const before = source.slice(0, start).split('\n'); return { file: path, line: before.length, column: before.at(-1)!.length } }
  return { file: path, hash: outline.template?.hash ?? hash(source), at: start - (outline.template?.start ?? 0) }
}

const at = (...marks: PlaceMark[]): Pointed => ({ tag: 'p', text: '', own: true, made: '', marks, repeated: 1, nth: 0 })
const NOTHING: Decided = { inline: false, rem: 16 }
const by = (selector: string, sheet = '', around: string[] = []): Decided => ({ ...NOTHING, rule: { sheet, selector, around } })

function restyled(files: Record<string, string>, path: string, name: string, property: Look, value: string, decided: Decided = NOTHING): Promise<Written> {
  return places(files).change(at(mark(path, files[path]!, name)), { kind: 'look', restyled: { ...decided, property, value } })
}

/** The file after an edit. */
function after(written: Written): string {
  assert.ok('edit' in written, JSON.stringify(written))
  const { source, start, end, text } = written.edit
  return source.slice(0, start) + text + source.slice(end)
}
const why = (written: Written): string | undefined => ('why' in written ? written.why : undefined)

const TAILWIND = { '/src/index.css': '@import "tailwindcss";\n' }
for (const [classes, property, value, expected] of [
  ['p-4 text-red-500 md:p-8 hover:text-blue-500', 'color', '#112233', 'p-4 text-[#112233] md:p-8 hover:text-blue-500'],
  ['text-lg  text-center text-slate-700', 'font-size', '20px', 'text-xl  text-center text-slate-700'],
  ['text-lg/7 text-(--ink)', 'font-size', '17px', 'text-[17px] text-(--ink)'],
  ['font-sans font-bold', 'font-weight', '600', 'font-sans font-semibold'],
  ['px-4 py-2 pt-1 m-1', 'padding', '12px', 'p-3 m-1'],
  ['p-4 pt-1', 'padding-top', '6px', 'p-4 pt-1.5'],
  ['p-4', 'padding-inline', '5px', 'p-4 px-[5px]'],
  ['-mt-2 mx-auto', 'margin-top', '-16px', '-mt-4 mx-auto'],
  ['rounded-full bg-white bg-cover', 'border-radius', '0px', 'rounded-none bg-white bg-cover'],
  ['rounded bg-white bg-cover', 'background-color', '#000000', 'rounded bg-[#000000] bg-cover'],
  ['!gap-2 w-1/2 max-w-lg', 'gap', '32px', '!gap-8 w-1/2 max-w-lg'],
  ['gap-2! w-1/2 max-w-lg', 'gap', '32px', 'gap-8! w-1/2 max-w-lg'],
  ['w-1/2 max-w-lg', 'width', '320px', 'w-80 max-w-lg'],
  ['', 'color', '#ffffff', 'text-[#ffffff]'],
  ['[&>p]:mt-2 group-[.a:b]:w-2 flex ', 'width', '33px', '[&>p]:mt-2 group-[.a:b]:w-2 flex w-[33px] '],
] as const) {
  test(`Tailwind: ${property} ${value} in "${classes}"`, () => { assert.equal(withClass(classes, property, value, 16, undefined, () => false), expected) })
}

test('the class that decides at this width is the one that changes', () => {
  assert.equal(withClass('text-sm md:text-lg', 'font-size', '24px', 16, 'md:text-lg', () => false), 'text-sm md:text-2xl')
})

test('a step whose value the project has changed is written as a value', async () => {
  const app = 'export const App = () => <p className="text-sm">Hi</p>\n'
  const files = { '/src/index.css': '@import "tailwindcss";\n@theme { --text-lg: 40px }\n', '/src/App.tsx': app }
  assert.ok(after(await restyled(files, '/src/App.tsx', 'p', 'font-size', '18px', by('.text-sm'))).includes('"text-[18px]"'))
  assert.ok(after(await restyled(files, '/src/App.tsx', 'p', 'font-size', '20px', by('.text-sm'))).includes('"text-xl"'))
})

const JSX = `import clsx from 'clsx'
export default function App({ on, ...rest }: any) {
  return <main style={{ color: 'red', fontSize: 14, width: on ? 1 : 2 }}>
    <h1 className="text-lg p-4" {...rest}>Title</h1>
    <h2 className={clsx('text-lg', on && 'p-4')}>Other</h2>
    <em className={'a p-2'} /><b>x</b><i style={on}>y</i>
  </main>
}
`
const withTailwind = { ...TAILWIND, '/src/App.tsx': JSX }

for (const [what, name, property, value, decided, from, to] of [
  ['a class', 'h1', 'font-size', '20px', by('.text-lg'), '"text-lg p-4"', '"text-xl p-4"'],
  ['a class in braces', 'em', 'padding', '16px', by('.p-2'), "'a p-2'", "'a p-4'"],
  ['a class where there was none', 'b', 'color', '#123456', NOTHING, '<b>', '<b className="text-[#123456]">'],
  ['an own style', 'main', 'color', '#123456', { ...NOTHING, inline: true }, "'red'", "'#123456'"],
  ['an own style that is a number', 'main', 'font-size', '15px', { ...NOTHING, inline: true }, 'fontSize: 14', 'fontSize: 15'],
] as const) {
  test(`JSX: ${what} is written back where it is`, async () => {
    assert.equal(after(await restyled(withTailwind, '/src/App.tsx', name, property, value, decided)), JSX.replace(from, to))
  })
}

test('JSX: what code puts together is not changed, and says so', async () => {
  const refused = async (name: string, property: Look, value: string, decided: Decided): Promise<unknown> => why(await restyled(withTailwind, '/src/App.tsx', name, property, value, decided))
  assert.equal(await refused('h2', 'font-size', '20px', by('.text-lg')), 'composed')
  assert.equal(await refused('main', 'width', '20px', { ...NOTHING, inline: true }), 'composed')
  assert.equal(await refused('i', 'color', '#000000', { ...NOTHING, inline: true }), 'composed')
  assert.equal(await refused('h1', 'padding', '8px', by('.elsewhere')), 'composed')
  assert.equal(await refused('h1', 'padding', '8px;} body{display:none', by('.p-4')), 'unsafe')
  const other = at({ ...mark('/src/App.tsx', JSX, 'h1'), hash: 'other' })
  assert.equal(why(await places(withTailwind).change(other, { kind: 'look', restyled: { ...NOTHING, property: 'padding', value: '8px' } })), 'stale')
})

test('JSX without Tailwind: a style of its own, behind what is spread', async () => {
  const files = { '/src/App.tsx': JSX }
  assert.ok(after(await restyled(files, '/src/App.tsx', 'h1', 'padding-top', '8px')).includes("{...rest} style={{ paddingTop: '8px' }}>Title"))
  assert.ok(after(await restyled(files, '/src/App.tsx', 'em', 'gap', '8px')).includes("<em className={'a p-2'} style={{ gap: '8px' }} />"))
  assert.ok(after(await restyled(files, '/src/App.tsx', 'main', 'margin', '8px')).includes("width: on ? 1 : 2, margin: '8px' }}"))
})

const CSS = `/* .card { color: blue } */
.card, .other {
  color: red !important; /* { */
  padding: 4px 8px;
  background: url("a;b}.png") no-repeat;
}
.card { margin: 1px }
.box .card > a[type="x"]::before { color: red }
@media (max-width: 600px) { .card { color: green; } }
.list { gap: 1px; & .item:hover { color: pink; @media (min-width: 1px) { color: black } } }
@layer base { h1 { font-size: 2rem } }
.empty {}
`
for (const [what, selector, around, property, value, from, to] of [
  ['the value alone', '.card, .other', [], 'color', '#000000', 'red !important; /*', '#000000 !important; /*'],
  ['a part of a shorthand', '.card, .other', [], 'padding-top', '9px', 'padding: 4px 8px;\n', 'padding: 4px 8px;\n  padding-top: 9px;\n'],
  ['a part of another shorthand', '.card, .other', [], 'background-color', '#ffffff', 'no-repeat;\n', 'no-repeat;\n  background-color: #ffffff;\n'],
  ['a rule on one line', '.card', [], 'margin-left', '9px', '{ margin: 1px }', '{ margin: 1px; margin-left: 9px }'],
  ['a selector that browsers spell in their own way', '.box .card > a[type="x"]::before', [], 'color', '#ffffff', '::before { color: red', '::before { color: #ffffff'],
  ['a rule under a condition', '.card', ['@media (max-width: 600px)'], 'color', '#ffffff', 'green', '#ffffff'],
  ['a nested rule', '.list .item:hover', [], 'color', '#ffffff', 'pink', '#ffffff'],
  ['a condition in a nested rule', '.list .item:hover', ['@media (min-width: 1px)'], 'color', '#ffffff', 'black', '#ffffff'],
  ['a rule in a layer', 'h1', [], 'font-size', '40px', '2rem', '40px'],
  ['a rule with nothing in it', '.empty', [], 'width', '40px', '.empty {', '.empty { width: 40px;'],
] as const) {
  test(`a stylesheet: ${what}`, async () => {
    const files = { '/src/App.tsx': JSX, '/src/app.css': CSS }
    const written = await restyled(files, '/src/App.tsx', 'h1', property, value, by(selector, '/src/app.css', [...around]))
    assert.equal(after(written), CSS.replace(from, to))
  })
}

test('the rule of a CSS module, of Vue and of Svelte is found by what the page calls it', async () => {
  const css = '.title { color: red }\n:global(.a) { color: blue }\n'
  const files: Record<string, string> = { '/src/App.tsx': JSX, '/src/a.module.css': css, '/src/app.css': css }
  const named = `._title_${hash('/src/a.module.css').slice(0, 5)}`
  const written = await restyled(files, '/src/App.tsx', 'h1', 'color', '#000000', by(named, '/src/a.module.css'))
  assert.equal('edit' in written && written.edit.path, 'src/a.module.css')
  assert.equal(after(written), css.replace('red', '#000000'))
  const vue = '<template><p class="a" style="margin: 1px">x</p></template>\n<style scoped>\n.a { color: red; }\n</style>\n'
  assert.equal(after(await restyled({ '/src/A.vue': vue }, '/src/A.vue', 'p', 'color', '#000000', by('.a[data-v-1f3]', '/src/A.vue?style0'))), vue.replace('red', '#000000'))
  assert.equal(after(await restyled({ '/src/A.vue': vue }, '/src/A.vue', 'p', 'margin', '3px', { ...NOTHING, inline: true })), vue.replace('1px', '3px'))
  const svelte = '<p class="a">x</p>\n<style>\n.a { color: red }\n</style>\n'
  assert.equal(after(await restyled({ '/src/A.svelte': svelte }, '/src/A.svelte', 'p', 'color', '#000000', by('.a.svelte-x1'))), svelte.replace('red', '#000000'))
  assert.equal(after(await restyled({ '/src/A.svelte': svelte }, '/src/A.svelte', 'p', 'gap', '2px')), svelte.replace('"a">', '"a" style="gap: 2px">'))
  const html = '<!doctype html><style>p { color: red }</style><p>x<br><img src=a.png>\n'
  assert.equal(after(await restyled({ '/index.html': html }, '/index.html', 'p', 'color', '#000000', by('p', '/index.html'))), html.replace('red', '#000000'))
  assert.equal(after(await restyled({ '/index.html': html }, '/index.html', 'img', 'width', '9px')), html.replace('a.png>', 'a.png style="width: 9px">'))
})

test('whatever look is changed wherever, no byte beside it changes, and it reads as it was chosen', async () => {
  const next = chance(11)
  const files: Record<string, string> = {
    '/src/App.tsx': JSX, '/src/app.css': CSS,
    '/src/A.vue': '<template>\n  <main><p class="a px-2" style="color: red;margin:1px">x</p><b :style="{}">y</b><br></main>\n</template>\n<style scoped>.a { color: red; }</style>\n',
    '/src/A.svelte': '<main><p class="a px-2">{1}</p><b style="gap:1px" class:on={true}>y</b></main>\n<style>\n.a { color: red }\n</style>\n',
    '/index.html': '<!doctype html><style>p { color: red }</style><p>x<br><img src=a.png><b class="p-1  m-1 hover:p-2" style="">y</b>\n',
  }
  const start = { ...files }
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  let written = 0
  for (let round = 0; round < ROUNDS; round++) {
    if (next(40) === 0) Object.assign(files, start)
    files['/src/index.css'] = next(2) ? '@import "tailwindcss";\n' : ''
    const path = pick(Object.keys(files).filter((one) => !one.endsWith('.css')))
    const elements = outlineOf(path, files[path]!, parseSvelte)!.elements.filter(({ name }) => /^[a-z]/.test(name) && !['style', 'html'].includes(name))
    const property = pick(LOOKS)
    const value = property.endsWith('color') ? `#${next(0xffffff).toString(16).padStart(6, '0')}` : property === 'font-weight' ? String((1 + next(9)) * 100) : `${next(80)}px`
    const rules = rulesOf(files['/src/app.css']!)
    const decided = pick([NOTHING, { ...NOTHING, inline: true }, ...rules.map((rule) => by(rule.selector, '/src/app.css', rule.around))])
    const result = await restyled(files, path, pick(elements).name, property, value, decided)
    if ('why' in result) continue
    written++
    const { edit } = result
    const where = `/${edit.path}`
    assert.equal(edit.source, files[where])
    const changed = after(result)
    const before = outlineOf(where, edit.source, parseSvelte)
    const again = outlineOf(where, changed, parseSvelte)
    const texts = (outline: typeof before): unknown => outline?.elements.map(({ name, texts: own }) => [name, own.map((text) => text.value)])
    assert.deepEqual(texts(again), texts(before), changed)
    if (where.endsWith('.css')) {
      const told = (css: string): string[][] => rulesOf(css).map(({ selector, declarations }) => [plainSelector(selector), ...declarations.filter(({ name }) => name !== property).map(({ name, start: from, end }) => `${name}: ${css.slice(from, end)}`)])
      assert.deepEqual(told(changed), told(edit.source))
      assert.ok(rulesOf(changed).some(({ declarations }) => declarations.some((one) => one.name === property && changed.slice(one.start, one.end) === value)), changed)
    }
    files[where] = changed
  }
  assert.ok(written > ROUNDS / 3, `${written} of ${ROUNDS}`)
})

const ROUNDS = process.env.SAYSO_ALL ? 10_000 : 600
