import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { bundle, end, shrink, smallStyles } from '../src/instant/bundle.ts'
import { Project, REACT } from './project.ts'
import type { FileMap, OutputFile } from '../src/engine/engine.ts'

after(end)

async function built(files: FileMap): Promise<Record<string, OutputFile>> {
  const { result } = await Project.of(files, { finish: smallStyles })
  assert.equal(result.status, 'built', JSON.stringify(result))
  if (result.status !== 'built') throw new Error()
  const done = await bundle(result.files, result.parts!)
  if (done.status !== 'built') throw new Error(JSON.stringify(done.fault))
  return done.files
}

const all = (files: Record<string, OutputFile>): string => Object.entries(files).map(([path, file]) => path + '\n' + (typeof file.body === 'string' ? file.body : new TextDecoder().decode(file.body))).join('\n')
const page = (body: string, head = ''): string => `<!doctype html><html><head><!-- SECRET-1 -->${head}</head><body>${body}</body></html>`

test('what is served is bundled: no sources, no comments, no names of files', async () => {
  const files = await built({
    ...REACT,
    'src/label.ts': "// SECRET-2\n/** SECRET-3 */\nexport const label: string = 'hello'\nif (import.meta.env.DEV) console.log('SECRET-4')\nif (import.meta.hot) import.meta.hot.accept(() => 'SECRET-5')\nexport const unused = 'SECRET-6'\n//# sourceMappingURL=label.js.map\n",
    'src/label.js.map': '{"sourcesContent":["SECRET-7"]}',
    'src/index.css': '@import "tailwindcss";\n/* SECRET-8 */\n@import "./more.css";',
    'src/more.css': '/* SECRET-9 */ .more { color: red }',
    'src/notes.md': 'SECRET-10', 'src/notes.json': '{"a":"SECRET-11"}', 'server/main.py': 'SECRET-12', '.env': 'KEY=SECRET-13\n', 'src/App.test.tsx': 'SECRET-14',
  })
  assert.doesNotMatch(all(files), /SECRET/)
  assert.doesNotMatch(all(files), /label\.ts|App\.tsx|Counter\.tsx|sourceMappingURL|src\//)
  assert.deepEqual(Object.keys(files).filter((path) => path.startsWith('/src') || path.startsWith('/@module')), [])
  const [script, ...others] = Object.keys(files).filter((path) => path.endsWith('.js'))
  assert.deepEqual(others, [])
  assert.ok(all(files).includes(`src="${script}"`))
  assert.ok(all(files).includes('hello') && all(files).includes('.more{color:red}') && all(files).includes('bg-red-500'))
  assert.ok(!all(files).includes('refresh.js') && !all(files).includes('jsxDEV'))
})

test('an app without a bundler keeps its addresses and what its scripts share, not its comments', async () => {
  const files = await built({
    'index.html': page('<button onclick="add(1)">x</button><noscript><!-- SECRET-2 --><p>no</p></noscript><script src="app.js"></script><script>/* SECRET-3 */ var total = 0 // SECRET-4\nfunction add(number) { total += number }</script><!-- SECRET-5', '<link rel="stylesheet" href="style.css"><style>/* SECRET-6 */ p { color : red }</style>'),
    'app.js': '// SECRET-7\nfunction start(first) { return first + "<!-- kept -->" }\n/*! licence */\nconst shared = start("a")\n',
    'style.css': '/* SECRET-8 */\np { margin : 0 }\n/*! licence of p */',
    'public/robots.txt': 'Disallow: # as it lies there', 'public/old.js.map': 'SECRET-9', 'logo.svg': '<svg></svg>',
  })
  assert.doesNotMatch(all(files), /SECRET/)
  const text = all(files)
  assert.match(text, /function start\(/)
  assert.match(text, /shared=/)
  assert.match(text, /function add\(/)
  assert.match(text, /var total=0/)
  assert.match(text, /<!-- kept -->/)
  assert.match(text, /\/\*! licence \*\//)
  assert.match(text, /\/\*! licence of p \*\//)
  assert.match(text, /p\{margin:0\}/)
  assert.equal(files['/robots.txt']?.body, 'Disallow: # as it lies there')
  assert.ok(files['/logo.svg'])
})

test('parts that are loaded later, workers, pages and data stay reachable', async () => {
  const files = await built({
    'index.html': page('<script type="module" src="/src/main.ts"></script><script type="module">import { shared } from "/src/shared.ts"; console.log(shared)</script>'),
    'other.html': page('<script type="module" src="/src/other.ts"></script>'),
    'src/main.ts': "import { shared } from './shared'\nimport text from './text.txt?raw'\nimport logo from './logo.png'\nimport Task from './task?worker'\nimport data from './data.json'\nconst later = () => import('./later')\nconst pages = import.meta.glob('./pages/*.ts')\nnew Worker(new URL('./plain.ts', import.meta.url), { type: 'module' })\nfetch('/src/asked.json')\nconsole.log(shared, text, logo, Task, data.word, later, pages, import.meta.env.MODE, import.meta.env.VITE_A)\n",
    'src/shared.ts': "export const shared = 'the shared word'\n", 'src/later.ts': "import { shared } from './shared'\nexport const later = shared + ' comes later'\n",
    'src/other.ts': "import { shared } from './shared'\ndocument.title = shared\n", 'src/task.ts': "import { shared } from './shared'\npostMessage(shared)\n", 'src/plain.ts': "postMessage('plain work')\n",
    'src/pages/a.ts': "export default 'page a'\n", 'src/text.txt': 'the text', 'src/logo.png': new Uint8Array([1, 2]), 'src/data.json': '{"word":"from data"}', 'src/asked.json': '{"asked":true}', '.env': 'VITE_A=first\n',
  })
  const text = all(files)
  for (const word of ['the shared word', 'comes later', 'plain work', 'page a', 'the text', 'from data', 'production', 'first']) assert.ok(text.includes(word), word)
  assert.equal(text.split('the shared word').length, 2)
  assert.ok(files['/src/asked.json'] && files['/src/logo.png'])
  assert.equal(files['/src/data.json'], undefined)
  const addresses = [...text.matchAll(/["'](?:\.)?(\/assets\/[^"']+\.js)["']/g)].map((match) => match[1]!)
  assert.ok(addresses.length >= 5)
  for (const address of addresses) assert.ok(files[address], address)
  for (const match of text.matchAll(/["']\.\/([^"'/]+\.js)["']/g)) assert.ok(files[`/assets/${match[1]}`], match[1])
})

for (const [name, files] of Object.entries<FileMap>({
  'Vue': { 'package.json': '{"dependencies":{"vue":"^3"}}', 'src/main.ts': "import { createApp } from 'vue'\nimport App from './App.vue'\ncreateApp(App).mount('#app')", 'src/App.vue': '<script setup lang="ts">\n// SECRET-2\nimport { ref } from "vue"\nconst n = ref<number>(1)\n</script>\n<template><!-- SECRET-3 --><p class="a">{{ n }} shown</p></template>\n<style scoped>/* SECRET-4 */ .a { color: red }</style>' },
  'Svelte': { 'package.json': '{"dependencies":{"svelte":"^5"}}', 'src/main.ts': "import { mount } from 'svelte'\nimport App from './App.svelte'\nmount(App, { target: document.body })", 'src/App.svelte': '<script>\n// SECRET-2\nlet n = $state(1)\n</script>\n<!-- SECRET-3 -->\n<p class="a">{n} shown</p>\n<style>/* SECRET-4 */ .a { color: red }</style>' },
})) {
  test(`${name} components are built without what development needs`, async () => {
    const text = all(await built({ 'index.html': page('<div id="app"></div><script type="module" src="/src/main.ts"></script>'), ...files }))
    assert.doesNotMatch(text, /SECRET|App\.(?:vue|svelte)|__hmrId|HMR_RUNTIME/)
    assert.ok(text.includes('shown') && /color:red/.test(text))
  })
}

test('a name that a module does not have is a fault with its file, not a blank page', async () => {
  const { result } = await Project.of({ 'index.html': page('<script type="module" src="/src/main.vue.js"></script>'), 'src/main.vue.js': "import { a } from './b.json'\nconsole.log(a)", 'src/b.json': '{"c":1}' }, { finish: smallStyles })
  if (result.status !== 'built') return assert.equal(result.status, 'fault')
  const done = await bundle(result.files, result.parts!)
  assert.equal(done.status, 'fault')
  assert.equal(done.status === 'fault' && done.fault.file, 'src/main.vue.js')
})

test('an output that was made before is made small file by file, at the addresses it has', async () => {
  const files = await shrink({
    'index.html': { type: 'text/html', body: page('<!-- SECRET-2 --><script type="module" src="/src/main.ts"></script>', '<script src="/@sayso/capture.js"></script>') },
    'src/main.ts': { type: 'text/javascript', body: "// SECRET-3\nimport { label } from '/src/label.ts' /* SECRET-4 */\nexport const shown = label + 'kept'\n//# sourceMappingURL=data:application/json;base64,U0VDUkVU" },
    'src/broken.ts': { type: 'text/javascript', body: 'const SECRET-5 = (' },
    'src/main.css': { type: 'text/css', body: '/* SECRET-6 */ p { margin : 0 }\n/*# sourceMappingURL=main.css.map */' },
    'src/main.css.map': { type: 'application/json', body: '{"sourcesContent":["SECRET-7"]}' },
    'logo.svg': { type: 'image/svg+xml', body: '<svg></svg>' },
  })
  assert.doesNotMatch(all(files), /SECRET|sourceMappingURL/)
  assert.deepEqual(Object.keys(files), ['index.html', 'src/main.ts', 'src/broken.ts', 'src/main.css', 'logo.svg'])
  assert.match(all(files), /from"\/src\/label\.ts"/)
  assert.ok(all(files).includes('kept') && all(files).includes('p{margin:0}') && all(files).includes('<svg></svg>'))
})
