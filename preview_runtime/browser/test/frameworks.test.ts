import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Project } from './project.ts'

const page = '<div id="app"></div><script type="module" src="/src/main.ts"></script>'

test('a Vue component: scoped styles, TypeScript, state kept when only the template changes', async () => {
  const source = '<script setup lang="ts">\nimport { ref } from "vue"\nconst n = ref<number>(0)\n</script>\n<template><button class="b" @click="n++">{{ n as number }}</button></template>\n<style scoped>.b { color: red }</style>\n'
  const project = await Project.of({ 'package.json': '{"dependencies":{"vue":"^3.5.0"}}', 'index.html': page, 'src/main.ts': "import { createApp } from 'vue'\nimport App from './App.vue'\ncreateApp(App).mount('#app')\n", 'src/App.vue': source })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  const text = project.text('/src/App.vue')
  assert.match(text, /\.b\[data-v-\w+\]/)
  assert.match(text, /\$\$component\.render=\$\$render/)
  assert.match(text, /function \$\$render/)
  const parts = (code: string): { script: string; template: string } => JSON.parse(/\$\$parts=(\{[^}]*\})/.exec(code)![1]!) as { script: string; template: string }
  await project.put({ 'src/App.vue': source.replace('{{ n', '! {{ n') })
  assert.deepEqual(project.updated, ['/src/App.vue'])
  assert.equal(parts(project.text('/src/App.vue')).script, parts(text).script)
  assert.notEqual(parts(project.text('/src/App.vue')).template, parts(text).template)
  await project.put({ 'src/App.vue': source.replace('</button>', '</buton>') })
  assert.equal(project.fault.kind, 'build')
  assert.equal(project.fault.file, 'src/App.vue')
})

test('a Svelte component takes its own replacement', async () => {
  const source = '<script lang="ts">\n  let n: number = $state(0)\n</script>\n<button onclick={() => n++}>{n}</button>\n<style>button { color: red }</style>\n'
  const project = await Project.of({ 'package.json': '{"devDependencies":{"svelte":"^5.0.0"}}', 'index.html': page, 'src/main.ts': "import { mount } from 'svelte'\nimport App from './App.svelte'\nmount(App, { target: document.getElementById('app')! })\n", 'src/App.svelte': source })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  assert.deepEqual(project.requests[0]!.dependencies, { svelte: '^5.0.0' })
  await project.put({ 'src/App.svelte': source.replace('{n}<', '{n}!<') })
  assert.deepEqual(project.updated, ['/src/App.svelte'])
  await project.put({ 'src/App.svelte': source.replace('</button>', '{#if}</button>') })
  assert.deepEqual([project.fault.kind, project.fault.line], ['build', 4])
})

for (const [name, files, code] of [
  ['Stylus', { 'src/main.ts': "import './a.styl'\n", 'src/a.styl': 'a\n  color red\n' }, 'style-language'],
  ['Sass of a package', { 'src/main.ts': "import './a.scss'\n", 'src/a.scss': '@use "bootstrap/scss/bootstrap";' }, 'style-package'],
  ['a plugin of its own', { 'vite.config.ts': 'export default { plugins: [{ name: "mine", transform() {} }] }\n' }, 'vite-plugin'],
  ['another public folder', { 'vite.config.ts': 'export default { publicDir: "static" }\n' }, 'vite-config'],
  ['a constant that only running tells', { 'vite.config.ts': 'export default { define: { X: JSON.stringify(secret()) } }\n' }, 'vite-config'],
  ['a file of an unknown kind', { 'src/main.ts': "import a from './a.yaml'\nconsole.log(a)\n", 'src/a.yaml': 'a: 1' }, 'unknown-file'],
  ['the decorators of the language', { 'src/main.ts': 'const d = (x: any) => x\n@d class A {}\nconsole.log(A)\n' }, 'decorators'],
  ['a Vite plugin', { 'vite.config.ts': "import { defineConfig } from 'vite'\nimport { VitePWA } from 'vite-plugin-pwa'\nexport default defineConfig({ plugins: [VitePWA()] })\n" }, 'vite-plugin'],
  ['MDX with plugins', { 'vite.config.ts': "import mdx from '@mdx-js/rollup'\nexport default { plugins: [mdx({ remarkPlugins: [] })] }\n" }, 'vite-config'],
  ['Next.js', { 'package.json': '{"dependencies":{"next":"15"}}' }, 'framework'],
  ['SvelteKit', { 'package.json': '{"devDependencies":{"@sveltejs/kit":"2"}}' }, 'framework'],
  ['Vue with Pug', { 'package.json': '{"dependencies":{"vue":"^3.5.0"}}', 'src/main.ts': "import './a.vue'\n", 'src/a.vue': '<template lang="pug">p</template>' }, 'language'],
  ['a Tailwind plugin', { 'src/main.ts': "import './a.css'\n", 'src/a.css': '@import "tailwindcss";\n@plugin "@tailwindcss/typography";\n' }, 'tailwind-plugin'],
] as const) {
  test(`${name} is said to need another engine`, async () => {
    const project = await Project.of({ 'index.html': page, 'src/main.ts': 'export {}\n', ...(files as Record<string, string>) })
    assert.deepEqual([project.fault.kind, project.fault.code], ['policy', code])
    assert.equal(project.fault.says.key, 'engine.elsewhere')
  })
}

test('Solid: templates that are made once, and signals that are read where they stand', async () => {
  const project = await Project.of({
    'package.json': '{"dependencies":{"solid-js":"^1.9.0"},"devDependencies":{"vite-plugin-solid":"^2.11.0"}}', 'vite.config.ts': "import solid from 'vite-plugin-solid'\nexport default { plugins: [solid()] }\n",
    'index.html': '<!doctype html><div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    'src/main.tsx': "import { render } from 'solid-js/web'\nimport { createSignal, type Component } from 'solid-js'\nconst App: Component = () => {\n  const [n, setN] = createSignal<number>(1)\n  return <button class=\"a\" onClick={() => setN(n() + 1)}>{n()}</button>\n}\nrender(() => <App />, document.getElementById('root')!)\n",
  })
  const text = project.text('/src/main.tsx')
  assert.match(text, /<button class=a>/)
  assert.match(text, /insert\(_el\$, n\)/)
  assert.match(text.split('\n')[6]!, /^render\(/)
  await project.put({ 'src/main.tsx': "declare module 'solid-js' { namespace JSX { interface Directives { x: string } } }\nexport enum A { b = 1 }\nexport const a = <input on:input={() => {}} attr:data-x=\"1\" use:x={'y'} />\n" })
  assert.match(project.text('/src/main.tsx'), /data-x=1/)
  await project.put({ 'src/main.tsx': 'const a = <p>\n' })
  assert.equal(project.fault.file, 'src/main.tsx')
})

const THIRD = {
  'package.json': '{"devDependencies":{"tailwindcss":"^3.4.0"}}', 'index.html': '<!doctype html><script type="module" src="/src/main.ts"></script>',
  'src/main.ts': "import './a.css'\ndocument.body.className = 'text-brand p-3 dark:font-display animate-in'\n", 'src/other.ts': "export const c = 'm-9'\n",
  'src/a.css': '@tailwind base;\n@tailwind components;\n@tailwind utilities;\n@layer components { .btn { @apply rounded px-4; } }\n.own { color: theme("colors.brand") }\n',
}

test('Tailwind 3 with its configuration: theme, dark mode, sources, plugins', async () => {
  const project = await Project.of({
    ...THIRD, 'tailwind.config.js': "const { fontFamily } = require('tailwindcss/defaultTheme')\n/** @type {import('tailwindcss').Config} */\nmodule.exports = { darkMode: ['class'], content: ['./src/main.ts'], safelist: ['btn'], theme: { extend: { colors: { brand: '#00aa77' }, fontFamily: { display: ['Georgia', ...fontFamily.sans] } } }, plugins: [require('tailwindcss-animate')] }\n",
  })
  const css = project.text('/@module/src/a.css.js')
  assert.match(css, /\.text-brand\{|\.text-brand \{/)
  assert.match(css, /--tw-text-opacity/)
  assert.match(css, /is\(\.dark \*\)/)
  assert.match(css, /Georgia, ui-sans-serif/)
  assert.match(css, /border-radius: 0\.25rem/)
  assert.match(css, /color: #00aa77/)
  assert.match(css, /\.animate-in/)
  assert.doesNotMatch(css, /\.m-9|@tailwind|@apply/)
})

test('a configuration of Tailwind 3 that only running it would tell is named', async () => {
  for (const plugins of ["require('./own')", 'function ({ addUtilities }) {}', "require('daisyui')"]) {
    const project = await Project.of({ ...THIRD, 'tailwind.config.js': `module.exports = { content: [], plugins: [${plugins}] }` })
    assert.deepEqual([project.fault.kind, project.fault.code], ['policy', 'tailwind-config'], plugins)
  }
})
