import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash } from '../src/instant/files/hash.ts'
import { parse as parseSvelte } from '../src/instant/scripts/svelte.ts'
import { outlineOf } from '../src/places/outline.ts'
import { Places } from '../src/places/places.ts'
import { chance } from './chance.ts'
import type { Change, Ordered, PlaceMark, Pointed, Written } from '../src/engine/place.ts'

const places = (files: Record<string, string>): Places => new Places({ text: (path) => files[path], paths: () => Object.keys(files), whole: (path) => path.slice(1) }, async () => parseSvelte)

/** The `nth` of the elements of this name, as the page has it: `at` of `repeated` that come from the same place. */
function pointed(path: string, source: string, name: string, nth = 0, at = 0, repeated = 1): Pointed {
  const outline = outlineOf(path, source, parseSvelte)!
  const { start } = outline.elements.filter((one) => one.name === name)[nth]!
  const before = source.slice(0, start).split('\n')
  const mark: PlaceMark = /\.[jt]sx$/.test(path) ? { file: path, hash: hash(source), n: outline.numbered.findIndex((one) => one.start === start) }
    : path.endsWith('.svelte') ? { file: path, line: before.length, column: before.at(-1)!.length }
    : { file: path, hash: outline.template?.hash ?? hash(source), at: start - (outline.template?.start ?? 0) }
  return { tag: name, text: '', own: true, made: '', marks: [mark], repeated, nth: at }
}

const order = (files: Record<string, string>, one: Pointed, deed: Ordered['deed']): Promise<Written> => places(files).change(one, { kind: 'order', ordered: { deed } })

function after(written: Written): string {
  assert.ok('edit' in written, JSON.stringify(written))
  const { source, start, end, text } = written.edit
  return source.slice(0, start) + text + source.slice(end)
}
const why = (written: Written): string | undefined => ('why' in written ? written.why : undefined)

const APP = `import notes from './notes.json'
import { teas } from './teas'
const days = ['Mon', 'Tue', 'Wed']
export default function App({ on }: any) {
  return <main>
    <h1>One</h1> and
    <p className="a">Two</p>
    {on && <b>Three</b>}
    <ul>{days.map((day) => <li key={day}><i>{day}</i><u>!</u></li>)}</ul>
    {notes.map((note) => <em key={note.id}>{note.text}</em>)}
    {teas.map((tea) => <s key={tea}>{tea}</s>)}
    {teas.filter(Boolean).map((tea) => <q key={tea}>{tea}</q>)}
    {['x', 'y'].map((one) => <dfn key={one}>{one}</dfn>)}
  </main>
}
`
const NOTES = '[\n  { "id": 1, "text": "a" },\n  { "id": 2, "text": "b" }\n]\n'
const TEAS = "export const teas = ['green', 'black'] as const\nexport const others = ['green', 'black']\n"
const FILES = { '/src/App.tsx': APP, '/src/notes.json': NOTES, '/src/teas.ts': TEAS }
const app = (name: string, nth = 0, at = 0, repeated = 1): Pointed => pointed('/src/App.tsx', APP, name, nth, at, repeated)

test('an element changes places with the one beside it, and what is between stays', async () => {
  const swapped = APP.replace('<h1>One</h1> and\n    <p className="a">Two</p>', '<p className="a">Two</p> and\n    <h1>One</h1>')
  assert.equal(after(await order(FILES, app('p'), 'up')), swapped)
  assert.equal(after(await order(FILES, app('h1'), 'down')), swapped)
  assert.equal(why(await order(FILES, app('h1'), 'up')), 'alone')
  assert.equal(why(await order(FILES, app('main'), 'delete')), 'alone')
  assert.equal(why(await order(FILES, app('b'), 'up')), 'alone')
})

test('an element is taken away with its line, or written once more', async () => {
  assert.equal(after(await order(FILES, app('p'), 'delete')), APP.replace('\n    <p className="a">Two</p>', ''))
  assert.equal(after(await order(FILES, app('p'), 'duplicate')), APP.replace('Two</p>', 'Two</p>\n    <p className="a">Two</p>'))
  assert.equal(after(await order(FILES, app('i', 0, 1, 3), 'delete')), APP.replace('<i>{day}</i>', ''))
})

test('an item of a list that is written out moves in the list', async () => {
  const li = (at: number): Pointed => app('li', 0, at, 3)
  assert.equal(after(await order(FILES, li(1), 'up')), APP.replace("'Mon', 'Tue'", "'Tue', 'Mon'"))
  assert.equal(after(await order(FILES, li(2), 'delete')), APP.replace(", 'Wed'", ''))
  assert.equal(after(await order(FILES, li(0), 'delete')), APP.replace("'Mon', ", ''))
  assert.equal(after(await order(FILES, li(2), 'duplicate')), APP.replace("'Wed'", "'Wed', 'Wed'"))
  assert.equal(why(await order(FILES, li(2), 'down')), 'alone')
  assert.equal(after(await order(FILES, app('dfn', 0, 1, 2), 'up')), APP.replace("['x', 'y']", "['y', 'x']"))
  assert.equal(after(await order(FILES, app('em', 0, 0, 2), 'down')), '[\n  { "id": 2, "text": "b" },\n  { "id": 1, "text": "a" }\n]\n')
  assert.equal(after(await order(FILES, app('em', 0, 1, 2), 'delete')), '[\n  { "id": 1, "text": "a" }\n]\n')
  assert.equal(after(await order(FILES, app('s', 0, 0, 2), 'down')), TEAS.replace("teas = ['green', 'black']", "teas = ['black', 'green']"))
})

test('a list that is made while the app runs is not changed', async () => {
  assert.equal(why(await order(FILES, app('q', 0, 0, 2), 'down')), 'computed')
  assert.equal(why(await order(FILES, app('li', 0, 0, 2), 'down')), 'computed') // two are shown of three
  assert.equal(why(await order({ ...FILES, '/src/more.ts': 'export const teas = [1, 2]\n' }, app('s', 0, 0, 2), 'down')), 'several')
})

test('Vue, Svelte and pages', async () => {
  const vue = "<script setup>\nconst names = ref([{ n: 'Ada' }, { n: 'Bo' }])\n</script>\n<template>\n  <main><h1>a</h1><p v-if=\"x\">b</p><p v-else>c</p><b>d</b><i v-for=\"one in names\" :key=\"one.n\">{{ one.n }}</i></main>\n</template>\n"
  const inVue = (name: string, at = 0, repeated = 1): Pointed => pointed('/A.vue', vue, name, 0, at, repeated)
  assert.equal(after(await order({ '/A.vue': vue }, inVue('b'), 'up')), vue.replace('<h1>a</h1>', '#').replace('<b>d</b>', '<h1>a</h1>').replace('#', '<b>d</b>'))
  assert.equal(why(await order({ '/A.vue': vue }, inVue('p'), 'up')), 'alone')
  assert.equal(after(await order({ '/A.vue': vue }, inVue('i', 1, 2), 'up')), vue.replace("{ n: 'Ada' }, { n: 'Bo' }", "{ n: 'Bo' }, { n: 'Ada' }"))
  const svelte = "<script>\n  let names = $state(['Ada', 'Bo'])\n</script>\n<main><h1>a</h1><b>d</b>{#each names as name}<p>{name}</p>{/each}{#if x}<i>e</i>{/if}</main>\n"
  const inSvelte = (name: string, at = 0, repeated = 1): Pointed => pointed('/A.svelte', svelte, name, 0, at, repeated)
  assert.equal(after(await order({ '/A.svelte': svelte }, inSvelte('b'), 'up')), svelte.replace('<h1>a</h1><b>d</b>', '<b>d</b><h1>a</h1>'))
  assert.equal(after(await order({ '/A.svelte': svelte }, inSvelte('p', 0, 2), 'down')), svelte.replace("'Ada', 'Bo'", "'Bo', 'Ada'"))
  assert.equal(why(await order({ '/A.svelte': svelte }, inSvelte('i'), 'up')), 'alone')
  const html = '<!doctype html>\n<body>\n  <p>a\n  <p>b\n  <ul>\n    <li>c</li>\n    <li>d</li>\n  </ul>\n</body>\n'
  const inPage = (name: string, nth = 0): Pointed => pointed('/index.html', html, name, nth)
  assert.equal(after(await order({ '/index.html': html }, inPage('li', 1), 'up')), html.replace('c</li>\n    <li>d', 'd</li>\n    <li>c'))
  assert.equal(after(await order({ '/index.html': html }, inPage('li', 1), 'delete')), html.replace('\n    <li>d</li>', ''))
  assert.equal(why(await order({ '/index.html': html }, inPage('p', 0), 'down')), 'alone')
})

const describe = (files: Record<string, string>, one: Pointed, change: Extract<Change, { kind: 'attribute' }>['described']): Promise<Written> => places(files).change(one, { kind: 'attribute', described: change })

test('a picture and its words are written where they are: in the element, in its data, or added', async () => {
  const source = "const dogs = [{ photo: '/a.png', name: 'A' }, { photo: '/b.png', name: 'B' }]\nexport const App = () => <main><img src=\"/a.png\" alt={'x'} />{dogs.map((dog) => <input src={dog.photo} alt={dog.name} />)}<br src=\"\" /></main>\n"
  const files = { '/src/App.tsx': source }
  const one = (name: string, at = 0, repeated = 1): Pointed => pointed('/src/App.tsx', source, name, 0, at, repeated)
  assert.equal(after(await describe(files, one('img'), { name: 'src', from: '/a.png', to: '/c d.png' })), source.replace('"/a.png"', '"/c d.png"'))
  assert.equal(after(await describe(files, one('img'), { name: 'alt', from: 'x', to: "a dog's \"nose\"" })), source.replace("'x'", "'a dog\\'s \"nose\"'"))
  assert.equal(after(await describe(files, one('input', 1, 2), { name: 'src', from: '/b.png', to: '/c.png' })), source.replace('/b.png', '/c.png'))
  assert.equal(after(await describe(files, one('br'), { name: 'src', from: '', to: '/c.png' })), source.replace('src=""', 'src="/c.png"'))
  assert.equal(after(await describe(files, one('br'), { name: 'alt', from: '', to: 'a "b" <c>' })), source.replace('src=""', 'src="" alt="a &quot;b&quot; &lt;c&gt;"'))
})

test('a picture that is imported becomes one by its address', async () => {
  const source = "import photo from './photo.png'\nexport const App = ({ other }: any) => <main><img src={photo} /><input src={other} /></main>\n"
  const files = { '/src/App.tsx': source }
  assert.equal(after(await describe(files, pointed('/src/App.tsx', source, 'img'), { name: 'src', from: '/src/photo.png', to: '/new.png' })), source.replace('{photo}', '"/new.png"'))
  assert.equal(why(await describe(files, pointed('/src/App.tsx', source, 'input'), { name: 'src', from: '/x.png', to: '/new.png' })), 'computed')
})

test('wherever things go, nothing is lost', async () => {
  const next = chance(5)
  const start: Record<string, string> = { '/src/App.tsx': APP, '/index.html': '<!doctype html>\n<body><ul>\n  <li>c</li>\n  <li>d<b>e</b><i>f</i></li>\n</ul><p>x</p></body>\n' }
  let files = { ...start }
  let done = 0
  for (let round = 0; round < ROUNDS; round++) {
    if (next(20) === 0) files = { ...start }
    const path = Object.keys(files)[next(2)]!
    const { elements } = outlineOf(path, files[path]!, parseSvelte)!
    const element = elements[next(elements.length)]!
    const nth = elements.filter(({ name }) => name === element.name).indexOf(element)
    const deed = (['up', 'down', 'delete', 'duplicate'] as const)[next(4)]!
    const result = await order({ ...FILES, ...files }, pointed(path, files[path]!, element.name, nth, next(3), 1 + next(3)), deed)
    if ('why' in result || `/${result.edit.path}` !== path) continue
    const { source } = result.edit
    const changed = after(result)
    const names = (text: string): string => outlineOf(path, text, parseSvelte)!.elements.map(({ name }) => name).sort().join(' ')
    if (deed === 'up' || deed === 'down') {
      assert.equal([...changed].sort().join(''), [...source].sort().join(''))
      assert.equal(names(changed), names(source))
    } else assert.ok((deed === 'delete') === (changed.length < source.length))
    files[path] = changed
    done++
  }
  assert.ok(done > ROUNDS / 6, `${done} of ${ROUNDS}`)
})

const ROUNDS = process.env.SAYSO_ALL ? 10_000 : 400
