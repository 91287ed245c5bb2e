import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMessage } from '../src/preview-link.ts'
import { Project, REACT } from './project.ts'
import type { FileMap } from '../src/engine/engine.ts'

const WATCHED = { builder: 'http://localhost:8000', origin: 'http://p-abc.preview.localhost:8000' }
const counter = (text: string): FileMap => ({ 'src/Counter.tsx': String(REACT['src/Counter.tsx']).replace('{n}<', text) })

test('a project opened anew is compiled to what its page was loaded from, after edits as well', async () => {
  const project = await Project.of(REACT, WATCHED)
  assert.equal((await project.anew(REACT, WATCHED)).build.digest, project.build.digest)
  const label = { 'src/label.ts': "export const label = 'bye'\n" }
  await project.put(counter('{n}!<'))
  await project.put(label)
  await project.put({ 'src/index.css': '@import "tailwindcss";\nbody { color: red }\n' })
  const files = { ...REACT, ...counter('{n}!<'), ...label, 'src/index.css': '@import "tailwindcss";\nbody { color: red }\n' }
  const again = await project.anew(files, WATCHED)
  assert.deepEqual(Object.fromEntries(again.served), Object.fromEntries(project.served))
  const { result } = again
  assert.equal(result.status === 'built' && result.digest, project.build.digest)
})

test('what is edited after that has addresses that the page has never loaded', async () => {
  const project = await Project.of(REACT, WATCHED)
  await project.put(counter('{n}!<'))
  const [, before] = /Counter\.tsx\?v=(\d+)/.exec(project.text('/src/App.tsx'))!
  const again = await project.anew({ ...REACT, ...counter('{n}!<') }, WATCHED)
  await again.put(counter('{n}?<'))
  const address = again.hot.type === 'update' ? again.hot.modules[0]!.address : ''
  assert.ok(Number(/\?v=(\d+)$/.exec(address)![1]) > Number(before))
})

test('a page of other files says so', async () => {
  const project = await Project.of(REACT, WATCHED)
  for (const files of [counter('{n}!<'), { 'index.html': String(REACT['index.html']).replace('<title>x', '<title>y') }, { 'public/note.txt': 'a note' }]) {
    assert.notEqual((await project.anew({ ...REACT, ...files }, WATCHED)).build.digest, project.build.digest)
  }
})

test('only the page of a watched preview says what it was loaded from', async () => {
  assert.doesNotMatch((await Project.of(REACT)).text('/index.html'), /data-build/)
})

test('what a page says it was loaded from is read with care', () => {
  const versions = { modules: { '/src/a.ts': 2 }, assets: {} }
  assert.deepEqual(readMessage({ type: 'build', build: { digest: 'd', versions } }), { type: 'build', build: { digest: 'd', versions } })
  for (const build of [undefined, { digest: 'd' }, { digest: 1, versions }, { digest: 'd', versions: { modules: { a: 'x' }, assets: {} } }, { digest: 'd', versions: { modules: { a: -1 }, assets: {} } }, { digest: 'd', versions: { modules: Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`/${n}`, 1])), assets: {} } }]) {
    assert.equal(readMessage({ type: 'build', build }), undefined)
  }
})
