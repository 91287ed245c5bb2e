import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { bundle, end, smallStyles } from '../src/instant/bundle.ts'
import { single } from '../src/instant/single.ts'
import { Project, REACT } from './project.ts'
import type { FileMap, OutputFile } from '../src/engine/engine.ts'

after(end)

const PACKAGES = { 'react.js': 'export const useState = () => [0, () => 0]; export default {};', 'react__jsx-runtime.js': 'export const jsx = (type) => type; export const jsxs = jsx; export const Fragment = 0;', 'react-dom__client.js': 'export const createRoot = (at) => ({ render: (what) => { at.textContent = "PAINTED " + typeof what } });' }

async function page(files: FileMap): Promise<string> {
  const { result } = await Project.of(files, { finish: smallStyles })
  if (result.status !== 'built') throw new Error(JSON.stringify(result))
  const done = await bundle(result.files, result.parts!)
  if (done.status !== 'built') throw new Error(JSON.stringify(done.fault))
  const hash = /\/@deps\/(\w+)\//.exec(JSON.stringify(Object.values(done.files).map(({ body }) => String(body))))?.[1]
  const packages: Record<string, OutputFile> = Object.fromEntries(Object.entries(PACKAGES).map(([name, body]) => [`/@deps/${hash}/${name}`, { type: 'text/javascript', body }]))
  const one = await single({ ...done.files, ...packages })
  if (one.status !== 'built') throw new Error(JSON.stringify(one.fault))
  assert.deepEqual(Object.keys(one.files), ['/index.html'])
  return String(one.files['/index.html']!.body)
}

test('an app is one page: script, packages, styles and pictures are in it', async () => {
  const html = await page({
    ...REACT,
    'src/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>', 'public/notes.json': '{"a":1}',
    'src/label.ts': "import logo from './logo.svg'\nexport const label: string = 'hello' + logo + '</script>'\nfetch('/notes.json')\n",
    'src/index.css': '@import "tailwindcss"; .more { background: url("./logo.svg") }',
  })
  assert.match(html, /PAINTED/)
  assert.match(html, /hello/)
  assert.match(html, /data:image\/svg\+xml;base64,/)
  assert.match(html, /fetch\("data:application\/json;base64,eyJhIjoxfQ=="\)/)
  assert.equal(html.match(/<\/script>/g)?.length, 1)
  assert.doesNotMatch(html, /@deps|@sayso|src="\/|href="\//)
})
