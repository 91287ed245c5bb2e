import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Project, REACT } from './project.ts'
import type { FileMap } from '../src/engine/engine.ts'

const SERVER: FileMap = { 'backend/main.py': 'from fastapi import FastAPI\napp = FastAPI()\n', 'backend/templates/mail.html': '<p>secret</p>', 'backend/logo.png': new Uint8Array([1]), 'requirements.txt': 'fastapi\n' }
const inside = (folder: string, files: FileMap): FileMap => Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]))

for (const folder of ['frontend', 'client', 'web']) {
  test(`a front end in ${folder}/ is served as if it lay at the root, and nothing of its server with it`, async () => {
    const project = await Project.of({ ...SERVER, ...inside(folder, REACT) })
    const alone = await Project.of(REACT)
    assert.deepEqual([...project.served.keys()].sort(), [...alone.served.keys()].sort())
    assert.deepEqual(project.requests, alone.requests)
    await project.put({ [`${folder}/src/label.ts`]: "export const label = 'bye'\n" })
    assert.deepEqual(project.updated, ['/src/App.tsx'])
  })
}

test('an index.html at the root goes before one in a folder', async () => {
  const project = await Project.of({ 'index.html': '<h1>root</h1>', 'client/index.html': '<h1>client</h1>' })
  assert.match(project.text('/index.html'), /root/)
})

test('what both sides share and the settings of the whole project are found from the folder', async () => {
  const project = await Project.of({
    'package.json': JSON.stringify({ dependencies: { nanoid: '^5' } }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '@/*': ['./client/src/*'], '@shared/*': ['./shared/*'] } } }),
    'shared/limits.ts': 'export const most = 5\n',
    'client/index.html': '<script type="module" src="/src/main.ts"></script>',
    'client/src/main.ts': "import { nanoid } from 'nanoid'\nimport { most } from '@shared/limits'\nimport { other } from '@/other'\nimport { most as again } from '../../shared/limits'\ndocument.title = nanoid() + most + other + again\n",
    'client/src/other.ts': 'export const other = 1\n',
    'server/index.ts': "import express from 'express'\nexpress()\n",
  })
  const text = project.text('/src/main.ts')
  assert.match(text, /"\/shared\/limits\.ts"/)
  assert.match(text, /"\/src\/other\.ts"/)
  assert.equal(project.served.has('/server/index.ts'), false)
})

test('a fault and what mends it name the file where it lies', async () => {
  const project = await Project.of({ ...SERVER, ...inside('frontend', REACT), 'frontend/src/App.tsx': "import { label } from './labell'\nexport default () => <p>{label}</p>\n" })
  assert.equal(project.result.status, 'fault')
  const { fault } = project.result as Extract<typeof project.result, { status: 'fault' }>
  assert.equal(fault.file, 'frontend/src/App.tsx')
  assert.deepEqual(Object.keys(fault.suggestion!.changes!.put), ['frontend/src/App.tsx'])
})

test('a front end that arrives file by file is built once its page is there', async () => {
  const project = new Project()
  for (const [path, content] of Object.entries({ ...SERVER, ...inside('frontend', REACT) })) await project.put({ [path]: content }, false)
  await project.put({}, true)
  assert.match(project.text('/index.html'), /\/src\/main\.tsx/)
})

test('a page that comes to the root later takes its place, and gives it back', async () => {
  const project = await Project.of(inside('frontend', { 'index.html': '<h1>below</h1>' }))
  await project.put({ 'index.html': '<h1>above</h1>' })
  assert.match(project.text('/index.html'), /above/)
  await project.change({}, ['index.html'])
  assert.match(project.text('/index.html'), /below/)
})
