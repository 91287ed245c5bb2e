import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hash } from '../src/instant/files/hash.ts'
import { parse as parseSvelte } from '../src/instant/scripts/svelte.ts'
import { Places } from '../src/places/places.ts'
import { outlineOf } from '../src/places/outline.ts'
import { chance } from './chance.ts'
import { Project, REACT } from './project.ts'
import type { PlaceMark, Pointed, Written } from '../src/engine/place.ts'

const places = (files: Record<string, string>): Places => new Places({ text: (path) => files[path], paths: () => Object.keys(files), whole: (path) => path.slice(1) }, async () => parseSvelte)
const at = (marks: PlaceMark[], own = true): Pointed => ({ tag: 'p', text: '', own, made: '', marks, repeated: 1, nth: 0 })
const typed = (from: string, to: string, nth = 0, same = 1): { from: string; to: string; nth: number; same: number } => ({ from, to, nth, same })

/** The file after an edit. */
function after(written: Written): string {
  assert.ok('edit' in written, JSON.stringify(written))
  const { source, start, end, text } = written.edit
  return source.slice(0, start) + text + source.slice(end)
}

const APP = `import { Card } from './Card'
const notes: string[] = ['one', 'two']
export default function App() {
  return <main>
    <h1 className="a">Hello {'you'} &amp; all</h1>
    <Card title="Small" icon={<i>x</i>}>Inside</Card>
    <ul>{notes.map((note) => <li key={note}><b>{note}</b></li>)}</ul>
    <>{'a' in {} ? 'Yes' : <em>No</em>}</>
  </main>
}
`

test('the number that a compiled element bears leads to where it is written', async () => {
  const project = await Project.of({ ...REACT, 'src/App.tsx': APP, 'src/Card.tsx': 'export const Card = ({ title, icon, children }: any) => <div title={title}>{icon}{children}</div>\n' })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  const numbers = [...project.text('/src/App.tsx').matchAll(/_jsxDEV\(\s*'?(\w+)'?|n: (\d+)\}/g)]
  const { numbered } = outlineOf('/src/App.tsx', APP, undefined)!
  const open: string[] = []
  let checked = 0
  for (const [, name, n] of numbers) {
    if (name !== undefined) { open.push(name); continue }
    const made = open.pop()!
    assert.equal(numbered[Number(n)]!.name, made === '_Fragment' ? '' : made)
    checked++
  }
  assert.equal(checked, numbered.length)
  assert.equal(checked, 9)
})

test('an element whose key comes behind a spread counts where it begins', async () => {
  const app = 'export default function App() {\n  return <main><ul {...{ id: 1 }} key="k"><li>a</li></ul><b>c</b></main>\n}\n'
  const { numbered } = outlineOf('/src/App.tsx', app, undefined)!
  assert.deepEqual(numbered.map(({ name }) => name), ['ul', 'li', 'b', 'main'])
  const text = (await Project.of({ ...REACT, 'src/App.tsx': app })).text('/src/App.tsx')
  const at = [0, 1, 2, 3].map((n) => text.indexOf(`n: ${n}}`))
  assert.ok(at[0]! < text.indexOf("'li'") && at[1]! > text.indexOf("'li'"), text)
})

test('what is published for visitors has no places in it', async () => {
  const project = await Project.of({ ...REACT, 'src/App.tsx': APP.replace("import { Card } from './Card'\n", 'const Card = (_: any) => null\n') }, { finish: async (css) => css })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  for (const path of project.served.keys()) assert.doesNotMatch(project.text(path), /placed|lineNumber|data-sayso|ref_key/, path)
})

test('each element says its component, its line and whether it stands for a list', async () => {
  const all = places({ '/src/App.tsx': APP })
  const b = await all.place(at([{ file: '/src/App.tsx', hash: hash(APP), n: outlineOf('/src/App.tsx', APP, undefined)!.numbered.findIndex(({ name }) => name === 'b') }]))
  assert.deepEqual([b?.path, b?.line, b?.component, b?.tag, b?.listed, b?.exact, b?.text], ['src/App.tsx', 7, 'App', 'b', true, true, '<b>{note}</b>'])
  assert.equal(await all.place(at([{ file: '/src/App.tsx', hash: 'other', n: 0 }])), undefined)
})

const marked = (file: string, source: string, name: string): PlaceMark => ({ file, hash: hash(source), n: outlineOf(file, source, undefined)!.numbered.findIndex((one) => one.name === name) })

for (const [what, from, to, name, expected] of [
  ['a text of an element', 'Hello', 'Bye <all> {of} you', 'h1', 'Bye &lt;all&gt; &#123;of&#125; you {\'you\'} &amp; all</h1>'],
  ['a text with a character by name', '& all', '& some', 'h1', "{'you'} & some</h1>"],
  ['a text in braces', 'you', "it's", 'h1', "Hello {'it\\'s'} &amp;"],
  ['a text given to a component', 'Inside', 'Outside', 'Card', '>Outside</Card>'],
  ['one of two that may be shown', 'Yes', 'Sure', '', "? 'Sure' :"],
] as const) {
  test(`${what} is written back where it is`, async () => {
    const written = await places({ '/src/App.tsx': APP }).retype(at([marked('/src/App.tsx', APP, name)]), typed(from, to))
    assert.ok(after(written).includes(expected), after(written))
    assert.equal(after(written).length - APP.length, 'edit' in written ? written.edit.text.length - (written.edit.end - written.edit.start) : 0)
  })
}

test('a text that a component shows is written where the component is used, in an attribute too', async () => {
  const card = 'export const Card = ({ title }: any) => <div><h2>{title}</h2></div>\n'
  const files = { '/src/App.tsx': APP, '/src/Card.tsx': card }
  const written = await places(files).retype(at([marked('/src/Card.tsx', card, 'h2'), marked('/src/App.tsx', APP, 'Card')]), typed('Small', 'Say "big"'))
  assert.ok(after(written).includes('<Card title="Say &quot;big&quot;" icon'), after(written))
})

test('a text of a list goes to its entry, in the script or in a file of texts', async () => {
  const li = marked('/src/App.tsx', APP, 'b')
  assert.ok(after(await places({ '/src/App.tsx': APP }).retype(at([li]), typed('two', 'three'))).includes("['one', 'three']"))
  const data = '{\n  "notes": [{ "note": "tea", "x": "tea" }, { "note": "tea" }],\n  "other": "tea"\n}\n'
  const files = { '/src/App.tsx': APP.replace("['one', 'two']", 'data.notes'), '/src/content.json': data }
  const mark = marked('/src/App.tsx', files['/src/App.tsx'], 'b')
  assert.equal(after(await places(files).retype(at([mark]), typed('tea', 'Grün "x"', 1, 2))), data.replace('{ "note": "tea" }]', '{ "note": "Grün \\"x\\"" }]'))
  assert.deepEqual(Object.keys(await places(files).retype(at([mark]), typed('tea', 'x', 0, 1))), ['why', 'place'])
  const none = await places(files).retype(at([mark]), typed('12 May', 'x'))
  assert.equal('why' in none && none.why, 'computed')
})

test('a field that ends where it begins hides nothing behind it', async () => {
  const app = '<template>\n  <main><textarea rows="4" /><p>After</p></main>\n</template>\n'
  const { elements, template } = outlineOf('/src/App.vue', app, undefined)!
  assert.deepEqual(elements.map(({ name }) => name), ['main', 'textarea', 'p'])
  assert.equal(template?.hash, hash(app.slice(10, app.indexOf('</template>'))))
})

const VUE = `<script setup lang="ts">
const items = [{ name: 'Ada' }]
</script>
<template>
  <section class="a"><h1>Hi <b>you</b></h1>
    <p v-for="item in items" :key="item.name">{{ item.name }}</p>
    <Card title="Small">In {{ 'side' }}</Card><input ref="box">
  </section>
</template>
<style scoped>h1 { color: red }</style>
`

test('the place that Vue keeps for an element leads to where it is written', async () => {
  const project = await Project.of({ 'package.json': '{"dependencies":{"vue":"^3.5.0"}}', 'index.html': '<div id="app"></div><script type="module" src="/src/main.ts"></script>', 'src/main.ts': "import { createApp } from 'vue'\nimport App from './App.vue'\ncreateApp(App).mount('#app')\n", 'src/App.vue': VUE })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  const found = [...project.text('/src/App.vue').matchAll(/(?:ref_key|""): "(\w+):(\d+)"/g)]
  const all = places({ '/src/App.vue': VUE })
  const names = []
  for (const [, of, offset] of found) names.push((await all.place(at([{ file: '/src/App.vue', hash: of!, at: Number(offset) }])))?.tag)
  assert.deepEqual(names.sort(), ['b', 'card', 'h1', 'input', 'p', 'section'])
  const mark = (name: string): PlaceMark => { const { elements, template } = outlineOf('/src/App.vue', VUE, undefined)!; return { file: '/src/App.vue', hash: template!.hash, at: elements.find((one) => one.name === name)!.start - template!.start } }
  assert.ok(after(await all.retype(at([mark('h1')]), typed('Hi', 'Hello'))).includes('<h1>Hello <b>you'))
  assert.ok(after(await all.retype(at([mark('p')]), typed('Ada', "O'Neil"))).includes("[{ name: 'O\\'Neil' }]"))
  assert.ok(after(await all.retype(at([mark('card')], false), typed('Small', 'Big'))).includes('<Card title="Big">'))
})

const SVELTE = `<script lang="ts">
  let names: string[] = $state(['Ada'])
</script>
<style>h1 { @apply a; }</style>
<main><h1 class="x">Hi {names[0]} there</h1>
{#each names as name}<p>{name}</p>{/each}
{#if names.length > 2}<b>{'many'}</b>{/if}</main>
`

test('the place of an element of Svelte, by line and column', async () => {
  const all = places({ '/src/App.svelte': SVELTE })
  const mark = (text: string): PlaceMark => { const before = SVELTE.slice(0, SVELTE.indexOf(text)).split('\n'); return { file: '/src/App.svelte', line: before.length, column: before.at(-1)!.length } }
  const p = await all.place(at([mark('<p>')]))
  assert.deepEqual([p?.tag, p?.component, p?.listed, p?.text], ['p', 'App', true, '<p>{name}</p>'])
  assert.ok(after(await all.retype(at([mark('<h1')]), typed('there', 'th{ere}'))).includes('} th&#123;ere&#125;</h1>'))
  assert.ok(after(await all.retype(at([mark('<h1')]), typed('Hi Ada there', 'Dear Ada there'))).includes('">Dear {names[0]} there<'))
  const computed = await all.retype(at([mark('<h1')]), typed('Hi Ada there', 'Hi Bo there'))
  assert.equal('why' in computed && computed.why, 'computed')
  assert.ok(after(await all.retype(at([mark('<p>')]), typed('Ada', 'Bo'))).includes("$state(['Bo'])"))
  assert.ok(after(await all.retype(at([mark('<b>')]), typed('many', 'few'))).includes("{'few'}"))
})

test('the place of an element of a page, by its offset', async () => {
  const page = '<!doctype html>\n<body><h1>One &amp; two</h1><ul><li>a<li>b</ul><img src="x.png"></body>\n'
  const all = places({ '/index.html': page })
  const mark = (text: string): PlaceMark => ({ file: '/index.html', hash: hash(page), at: page.indexOf(text) })
  assert.ok(after(await all.retype(at([mark('<h1')]), typed('One & two', 'A < B'))).includes('<h1>A &lt; B</h1>'))
  assert.ok(after(await all.retype(at([mark('<li>b')]), typed('b', 'c'))).includes('<li>a<li>c</ul>'))
})

const PIECES = ['a', 'Zoë', '😀', '<', '>', '{', '}', '"', "'", '`', '\\', '&', '&amp;', '&lt', '${x}', '{{', '}}', '//', '/*', '<!--', '-->', '</p>', '{/if}', '\u2028', '0', ' - ']

test('whatever is typed over whatever, no byte beside it changes, and it reads as it was typed', async () => {
  const next = chance(7)
  const words = (): string => Array.from({ length: 1 + next(5) }, () => PIECES[next(PIECES.length)]).join(next(2) ? ' ' : '')
  const data = '{ "names": ["tea \\u00e9", "two"], "a": { "note": "it\'s" } }\n'
  const html = '<!doctype html>\n<body title="t"><h1>One &amp; two</h1><ul><li>a<li>b</ul><p>c<!-- no --></p></body>\n'
  const files: Record<string, string> = { '/src/App.tsx': APP, '/src/App.vue': VUE, '/src/App.svelte': SVELTE, '/index.html': html, '/src/content.json': data, '/src/notes.ts': 'export const notes = ["x", `y`, \'z\']\n' }
  let written = 0
  let refused = 0
  for (let round = 0; round < ROUNDS; round++) {
    const path = Object.keys(files)[next(6)]!
    const outline = outlineOf(path, files[path]!, parseSvelte)!
    const owners = outline.elements.filter(({ texts }) => texts.length > 0)
    const owner = owners.length > 0 && next(3) > 0 ? owners[next(owners.length)] : undefined
    const literals = owner ? owner.texts : outline.strings
    if (literals.length === 0) continue
    const literal = literals[next(literals.length)]!
    const mark: PlaceMark = owner ? markOf(path, files[path]!, outline, owner) : marked('/src/App.tsx', files['/src/App.tsx']!, 'b')
    const to = words()
    const result = await places(files).retype(at([mark]), typed(literal.value.replace(/\s+/g, ' ').trim(), to))
    if ('why' in result) { refused++; continue }
    written++
    const { path: where, start, end, text, source } = result.edit
    const whole = '/' + where
    assert.equal(source, files[whole])
    const changed = source.slice(0, start) + text + source.slice(end)
    const again = outlineOf(whole, changed, parseSvelte)!
    const before = outlineOf(whole, source, parseSvelte)!
    const of = (o: typeof again): { start: number; value: string }[] => [...o.strings, ...o.elements.flatMap(({ texts, given }) => [...texts, ...given])].sort((a, b) => a.start - b.start)
    const plain = (value: string): string => value.replace(/\s+/g, ' ').trim()
    // A text that is nothing but space is taken away.
    const read = of(again).map(({ value }) => plain(value)).filter(Boolean)
    const expected = of(before).flatMap((one) => (one.start === start ? plain(to) : plain(one.value))).filter(Boolean)
    assert.deepEqual(read, expected, `${whole}: ${JSON.stringify(to)}`)
    files[whole] = next(4) === 0 ? changed : files[whole]!
  }
  assert.ok(written > ROUNDS / 3, `${written} written, ${refused} refused of ${ROUNDS}`)
})

const ROUNDS = process.env.SAYSO_ALL ? 10_000 : 400

function markOf(path: string, source: string, outline: NonNullable<ReturnType<typeof outlineOf>>, element: { start: number }): PlaceMark {
  const n = outline.numbered.findIndex(({ start }) => start === element.start)
  if (path.endsWith('.tsx')) return { file: path, hash: hash(source), n }
  if (path.endsWith('.svelte')) { const before = source.slice(0, element.start).split('\n'); return { file: path, line: before.length, column: before.at(-1)!.length } }
  return { file: path, hash: outline.template?.hash ?? hash(source), at: element.start - (outline.template?.start ?? 0) }
}
