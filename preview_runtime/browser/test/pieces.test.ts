import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../src/engine/phrase.ts'
import { cssImports, rebaseUrls } from '../src/instant/text/css.ts'
import { cssModule } from '../src/instant/styles/css-modules.ts'
import { parseEnv } from '../src/instant/project/env.ts'
import { codeFrame, nearest } from '../src/instant/files/fault.ts'
import { FileSet } from '../src/instant/files/file-set.ts'
import { expandGlob } from '../src/instant/project/glob.ts'
import { attribute, tags } from '../src/instant/text/html.ts'
import { parseJsonc } from '../src/instant/text/jsonc.ts'
import { join, relativeSpecifier } from '../src/instant/files/paths.ts'
import { resolve } from '../src/instant/project/resolve.ts'
import { compileScript } from '../src/instant/scripts/script.ts'
import { candidates } from '../src/instant/styles/tailwind.ts'
import { readMessage } from '../src/preview-link.ts'
import { containerTree } from '../src/webcontainer/tree.ts'

test('HTML: what looks like a tag inside comments, scripts and attributes is none', () => {
  const html = '<!-- <script src=a> --><script type="module" src="/b.js" data-x="<script src=c>">if (a<b) "<link href=d>"</script><title><b></title><p a = \'1\' b>'
  assert.deepEqual(tags(html).filter((t) => !t.closing).map((t) => t.name), ['script', 'title', 'p'])
  assert.equal(attribute(tags(html)[0]!, 'src'), '/b.js')
  assert.equal(attribute(tags(html).at(-1)!, 'a'), '1')
  assert.equal(attribute(tags('<a href="?a=1&amp;b=2">')[0]!, 'href'), '?a=1&b=2')
  assert.deepEqual(tags('<scr').map((t) => t.name), ['scr'], 'a page that ends in a tag ends')
})

for (const [from, specifier, path] of [['/src/App.tsx', './a/b', '/src/a/b'], ['/src/App.tsx', '../x', '/x'], ['/a/b/c.ts', '../../../../x', '/x'], ['/a.ts', '/y', '/y']] as const) {
  test(`${specifier} seen from ${from} is ${path}`, () => assert.equal(join(from, specifier), path))
}

for (const [from, to, specifier] of [['/src/App.tsx', '/src/a/b.ts', './a/b.ts'], ['/src/a/b.ts', '/src/c.ts', '../c.ts'], ['/src/a/b.ts', '/d.ts', '../../d.ts']] as const) {
  test(`from ${from} to ${to} is ${specifier}`, () => assert.equal(relativeSpecifier(from, to), specifier))
}

const files = FileSet.from({ 'src/a.ts': '', 'src/b/index.tsx': '', 'src/c.js.ts': '', 'src/d.tsx': '', 'src/logo.svg': '', 'public/icon.png': '' })
const aliases = [{ from: '@/', exact: false, to: ['/src/'] }, { from: '#a', exact: true, to: ['/src/a.ts'] }]
for (const [specifier, expected] of [
  ['./a', { kind: 'file', path: '/src/a.ts', query: '' }], ['./a.js', { kind: 'file', path: '/src/a.ts', query: '' }], ['./b', { kind: 'file', path: '/src/b/index.tsx', query: '' }],
  ['./d.jsx', { kind: 'file', path: '/src/d.tsx', query: '' }], ['@/logo.svg?raw', { kind: 'file', path: '/src/logo.svg', query: 'raw' }], ['#a', { kind: 'file', path: '/src/a.ts', query: '' }],
  ['/icon.png', { kind: 'public', path: '/icon.png', query: '' }], ['react-dom/client', { kind: 'package', specifier: 'react-dom/client' }], ['@scope/x/y', { kind: 'package', specifier: '@scope/x/y' }],
  ['https://esm.sh/x', { kind: 'external', specifier: 'https://esm.sh/x' }], ['./nope', { kind: 'missing', path: '/src/nope' }], ['@/nope', { kind: 'missing', path: '/src/nope' }],
] as const) {
  test(`import of ${specifier}`, () => assert.deepEqual(resolve(files, aliases, specifier, '/src/main.ts'), expected))
}

test('globs', () => {
  const set = FileSet.from({ 'src/a.ts': '', 'src/b/c.ts': '', 'src/b/d.md': '' })
  assert.deepEqual(expandGlob(set, ['./**/*.ts'], '/src/main.ts', []).map((e) => e.key), ['./a.ts', './b/c.ts'])
  assert.deepEqual(expandGlob(set, ['/src/b/*.{md,ts}'], '/x.ts', []).map((e) => e.key), ['/src/b/c.ts', '/src/b/d.md'])
})

test('dotenv', () => assert.deepEqual(parseEnv('A=1 # x\nexport B="a\\nb"\n# no\nC = \'x#y\'\n'), [['A', '1'], ['B', 'a\nb'], ['C', 'x#y']]))

test('JSON with comments keeps what stands in texts', () => assert.deepEqual(parseJsonc('{ // a\n "x": "// no", /* b */ "y": [1,2,],\n}'), { x: '// no', y: [1, 2] }))

test('CSS imports and addresses, comments left alone', () => {
  assert.deepEqual(cssImports('/* @import "no"; */ @import url("a.css") layer(x) screen;\n@import \'b.css\';p{}').map((i) => [i.specifier, i.conditions]), [['a.css', 'layer(x) screen'], ['b.css', '']])
  assert.equal(rebaseUrls('a{b:url(./c.png)}/* url(./d) */', '/src/x/y.css'), 'a{b:url("/src/x/c.png")}/* url(./d) */')
})

test('CSS modules leave numbers, strings and global names alone', () => {
  const { css, names } = cssModule('/a.module.css', '.a:hover > .b::after { content: ".c"; margin: .5em } @media (min-width: 1.5em) { .d { color: red } } :global(.e) .a {}')
  assert.deepEqual(Object.keys(names), ['a', 'b', 'd'])
  assert.match(css, /content: "\.c"; margin: \.5em/)
  assert.match(css, /\.e \._a_/)
})

test('a class at a breakpoint that begins with a digit is a class name as well', () => {
  const found = candidates('<p className="2xl:flex dark:2xl:grid max-2xl:hidden" /> {cn(on && "3xl:w-1/2")} @2xl:p-4 12px')
  for (const name of ['2xl:flex', 'dark:2xl:grid', 'max-2xl:hidden', '3xl:w-1/2', '@2xl:p-4']) assert.ok(found.includes(name), name)
  assert.ok(!found.includes('12px'))
})

test('class names are found in every language', () => {
  const found = candidates('<a className={cn("p-4 hover:bg-[#fff]/50", on && \'[&>p]:mt-1\')} class:active={x}> :class="{ \'md:w-1/2\': y }" const c = `-mt-2 before:content-["x"] grid-cols-[1fr_2fr]`')
  for (const name of ['p-4', 'hover:bg-[#fff]/50', 'active', 'md:w-1/2', '-mt-2', 'grid-cols-[1fr_2fr]']) assert.ok(found.includes(name), name)
})

test('class names that stand for a variable keep their brackets', () => {
  const text = '<a class="bg-(--a) hover:bg-(--b)/50 md:(p-1) !text-(length:--c)" className={`x ${on ? "w-(--d)" : \'m-(--e)!\'}, ${h-(--f)}`} class:p-(--g)={x}> cn(top-(--k))'
  const found = candidates(text)
  for (const name of ['bg-(--a)', 'hover:bg-(--b)/50', '!text-(length:--c)', 'w-(--d)', 'm-(--e)!', 'h-(--f)', 'p-(--g)', 'top-(--k)']) assert.ok(found.includes(name), name)
})

for (const [name, source, boundary] of [
  ['a function', 'export default function App() { return null }', true], ['an arrow', 'export const A = () => null', true], ['memo', 'import { memo } from "react"\nexport default memo(function A() { return null })', true],
  ['forwardRef inside memo', 'import { memo, forwardRef } from "react"\nexport const A = memo(forwardRef((p, r) => null))', true], ['a class', 'export class A extends React.Component {}', true],
  ['a name given later', 'const A = () => null\nexport { A }', true], ['a component beside a value', 'export const A = () => null\nexport const size = 3', false], ['a hook', 'export function useX() { return useState(0) }', false], ['a re-export', 'export * from "./x"', false],
] as const) {
  test(`${name} ${boundary ? 'takes' : 'does not take'} its own replacement`, () => assert.equal(compileScript('/a.tsx', source, { react: true }).refresh?.boundary ?? false, boundary))
}

test('hooks are part of a signature, and no line moves', () => {
  const source = 'import { useState } from "react"\nexport function A() {\n  const [n] = useState(1)\n  useThing()\n  return <p>{n}</p>\n}\n'
  const { refresh, code } = compileScript('/a.tsx', source, { react: true })
  assert.match(refresh!.tail, /useState\{\[n\]\(1\)\}\\nuseThing\{\}.*\[useThing\]/)
  assert.equal(code.split('\n').length, source.split('\n').length)
})

test('a code frame points at the place', () => assert.equal(codeFrame('a\nbb\nc', 2, 2), '  1 | a\n> 2 | bb\n    |  ^\n  3 | c'))

test('the nearest name', () => {
  assert.equal(nearest('Buton', ['Button', 'Card']), 'Button')
  assert.equal(nearest('app', ['App']), 'App')
  assert.equal(nearest('xyz', ['Button']), undefined)
})

test('a message of the page is data: wrong fields are refused, long ones cut', () => {
  assert.equal(readMessage({ type: 'log', level: 'evil', text: 'x' }), undefined)
  assert.equal(readMessage({ type: 'navigated', path: 'javascript:alert(1)' }), undefined)
  assert.equal(readMessage('x'), undefined)
  const log = readMessage({ type: 'log', level: 'log', text: 'x'.repeat(20_000), at: 'soon', line: 'one' })
  assert.equal(log?.type === 'log' && log.text.length, 8_001)
  assert.equal(log?.type === 'log' && log.line, undefined)
  const note = (name: unknown): unknown => readMessage({ type: 'log', level: 'log', text: '/a.png', at: 1, note: name })
  assert.deepEqual(note('not_loaded'), { type: 'log', level: 'log', text: '/a.png', at: 1, file: undefined, line: undefined, note: 'not_loaded' })
  assert.deepEqual(note('no_such_note'), { type: 'log', level: 'log', text: '/a.png', at: 1, file: undefined, line: undefined })
})

test('the tree of a WebContainer', () => {
  assert.deepEqual(containerTree({ 'a.txt': '1', 'b/c.txt': '2' }), { 'a.txt': { file: { contents: '1' } }, b: { directory: { 'c.txt': { file: { contents: '2' } } } } })
  assert.throws(() => containerTree({ a: '1', 'a/b': '2' }), (error: unknown) => error instanceof Failure && error.says.key === 'engine.webcontainer.in_a_file')
})
