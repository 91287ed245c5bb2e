import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asFunction } from '../src/instant/scripts/module-function.ts'
import { heldModule, run } from '../src/preview/sent-modules.ts'
import type { ModuleFunction } from '../src/instant/scripts/module-function.ts'

const ORIGIN = 'http://p-abc.preview.localhost:8000'
Object.assign(globalThis, { location: { origin: ORIGIN } })

const data = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`
const LIBRARY = data('export let count = 0; export const add = () => { count++ }; export function self() { return this }; export const words = (s, ...v) => [...s, ...v, this].join(); export default class Base { name = "base" }; export const list = [1]')

/** What the browser itself makes of a module. */
const asModule = async (text: string): Promise<Record<string, unknown>> => ({ ...(await import(data(text)) as object) })

async function ran(texts: Record<string, string>, address: string): Promise<Record<string, unknown>> {
  const functions: Record<string, ModuleFunction> = {}
  for (const [at, text] of Object.entries(texts)) {
    const made = asFunction(text)
    assert.ok(made, text)
    functions[at] = made
  }
  return (await run(functions, [address]))[0]!
}

let version = 0

/** Each module's `out` is the same when it runs as a function. */
const SAME = [
  `import { add, count } from "${LIBRARY}"\nconst before = count\nadd()\nexport const out = count - before`,
  `import { self } from "${LIBRARY}"\nexport const out = self() === undefined`,
  `import { words } from "${LIBRARY}"\nexport const out = words\`a\${1}b\``,
  `import Base from "${LIBRARY}"\nexport class Own extends Base { more = 1 }\nexport const out = JSON.stringify(new Own())`,
  `import Base, * as all from "${LIBRARY}"\nexport const out = [all.default === Base, Object.keys(all).join()].join(";")`,
  `import { list } from "${LIBRARY}"\nconst given = { list, other: { list: 2 } }\nexport const out = JSON.stringify(given) + given.other.list`,
  `import { list } from "${LIBRARY}"\nconst { list: taken } = { list }\nlabel: for (const one of taken) continue label\nexport const out = taken.length + list[0]`,
  // No semicolons: what begins with an import is no argument of the line before.
  `import { add, list } from "${LIBRARY}"\nconst one = list\nadd()\nif (one)\nadd()\nelse\nadd()\nexport const out = one.length`,
  `import { add, list } from "${LIBRARY}"\nlet seen = 0\nconst last = () => { seen++\nadd()\nlist.map((n) => n) }\nlast()\nexport const out = seen`,
  'export default () => 1\nexport const out = 1',
  'const make = function () {}\nexport { make as default, make as "a name" }\nexport let out = 1\nout = 2',
  'export default function () { return 3 }\n(function () {})()\nexport const out = 1',
  'export default class { static at = 1 }\nexport const out = 1',
  'export default function named() { return helper() }\nfunction helper() { return 4 }\nexport const out = named()',
  'export default 1 + 2;\nexport const { a, b: [c, ...d], ...out } = { a: 1, b: [2, 3, 4], e: 5 }',
  `export { add as plus, default as Base } from "${LIBRARY}"\nexport * as library from "${LIBRARY}"\nexport const out = 1`,
  `import { list } from "${LIBRARY}"\nexport { list as again }\nexport const out = typeof list`,
  `const load = () => import("${LIBRARY}")\nexport const out = load.name`,
  'export const out = [typeof import.meta.url, this === undefined].join()',
  'try { undeclared = 1 } catch (error) { var caught = error.name }\nexport const out = caught',
]

test('a module does the same as a function', async () => {
  for (const text of SAME) {
    const module = await asModule(text)
    const made = await ran({ [`/src/one.js?v=${++version}`]: text }, `/src/one.js?v=${version}`)
    assert.deepEqual(Object.keys(made), Object.keys(module), text)
    assert.deepEqual(made.out, module.out, text)
    if (typeof module.default === 'function') assert.equal((made.default as () => void).name, module.default.name, text)
  }
})

test('what an export is can change afterwards', async () => {
  const made = await ran({ '/src/a.js?v=1': 'export let n = 1\nexport const more = () => { n++ }' }, '/src/a.js?v=1')
  ;(made.more as () => void)()
  assert.equal(made.n, 2)
})

test('modules of one update run once, before those that import them, also in a circle', async () => {
  const order: string[] = []
  Object.assign(globalThis, { order })
  const made = await ran({
    '/src/a.js?v=9': `import { b } from "${ORIGIN}/src/b.js?v=9"\nimport { c } from "${ORIGIN}/src/c.js?v=9"\norder.push("a" + b + c)\nexport function a() { return "A" }`,
    '/src/b.js?v=9': `import { c } from "${ORIGIN}/src/c.js?v=9"\norder.push("b" + c)\nexport const b = "B"`,
    '/src/c.js?v=9': `import { a } from "${ORIGIN}/src/a.js?v=9"\norder.push("c" + a())\nexport const c = "C"`,
  }, '/src/a.js?v=9')
  assert.deepEqual(order, ['cA', 'bC', 'aBC'])
  assert.equal((made.a as () => string)(), 'A')
})

test('a later update gets the same instance of what it imports, and only the newest is held', async () => {
  const counter = await ran({ '/src/count.js?v=20': 'export const box = { n: 0 }' }, '/src/count.js?v=20')
  const user = `import { box } from "${ORIGIN}/src/count.js?v=20"\nexport { box }\nexport const later = () => import("${ORIGIN}/src/count.js?v=20")`
  const made = await ran({ '/src/user.js?v=21': user }, '/src/user.js?v=21')
  assert.equal(made.box, counter.box)
  const next = await ran({ '/src/count.js?v=22': 'export const box = { n: 1 }' }, '/src/count.js?v=22')
  assert.equal(heldModule(`${ORIGIN}/src/count.js?v=20`), next)
  assert.equal(await (made.later as () => Promise<unknown>)(), next)
})

test('only a module will do where it waits, passes all on, or uses the name of an import for something else', () => {
  for (const text of ['export const a = await 1', `export * from "${LIBRARY}"`, `import { list } from "${LIBRARY}"\nexport const f = (list) => list`, 'export const a = ;']) assert.equal(asFunction(text), undefined, text)
})

test('an import of a name that is not there is an error, as in a module', async () => {
  await assert.rejects(ran({ '/src/x.js?v=1': `import { nothing } from "${LIBRARY}"\nnothing()` }, '/src/x.js?v=1'), /does not provide an export named 'nothing'/)
})

test('an error names the line and the address of the source', async () => {
  const text = `import { list } from "${LIBRARY}"\n\nconst a = 1\nexport default function App() {\n  throw new Error("here" + list + a)\n}\n//# sourceURL=${ORIGIN}/src/App.tsx?v=3`
  const { default: app } = await ran({ '/src/App.tsx?v=3': text }, '/src/App.tsx?v=3')
  assert.throws(app as () => void, (error: Error) => error.stack!.includes(`${ORIGIN}/src/App.tsx?v=3:5:`))
})
