// What the prompt's notes on libraries advise (templates/prompts/notes) has to run in the instant engine as well.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Project, REACT } from './project.ts'

const TAILWIND = `@import "tailwindcss";
@custom-variant dark (&:where(.dark, .dark *));
@theme { --color-brand: #0a7; --breakpoint-3xl: 120rem }
@utility card { padding: 1rem }
`

test("React, Tailwind and Vite as the notes have them", async () => {
  const project = await Project.of({
    ...REACT,
    'tsconfig.json': '{ "compilerOptions": { "jsx": "react-jsx", "paths": { "@/*": ["./src/*"] } } }',
    'vite.config.ts': 'import tailwindcss from "@tailwindcss/vite"\nimport react from "@vitejs/plugin-react"\nimport { defineConfig } from "vite"\nexport default defineConfig({ plugins: [react(), tailwindcss()], resolve: { alias: { "@": "/src" } }, build: { rolldownOptions: {} } })\n',
    '.env': 'VITE_NAME=shown\n',
    'src/index.css': TAILWIND,
    'src/notes/one.md': '# One\n',
    'src/Field.tsx': 'import { createContext, type Ref, use } from "react"\nconst Theme = createContext("dark")\nexport function Field({ ref }: { ref?: Ref<HTMLInputElement> }) { return <Theme value="x"><title>{use(Theme)}</title><input ref={ref} className="bg-brand 3xl:flex hover:card dark:flex bg-(--brand) grid-cols-[1fr_2fr]" /></Theme> }\n',
    'src/App.tsx': 'import { Field } from "@/Field"\nconst notes = import.meta.glob("./notes/*.md", { query: "?raw", import: "default", eager: true })\nexport default function App() { return <p>{import.meta.env.VITE_NAME}{Object.keys(notes)}<Field /></p> }\n',
  })
  assert.equal(project.result.status, 'built', JSON.stringify(project.result))
  assert.match(project.text('/src/App.tsx'), /\/src\/Field\.tsx/)
  assert.match(project.text('/src/App.tsx'), /"\.\/notes\/one\.md"/)
  const css = project.text('/@module/src/index.css.js')
  for (const found of ['--color-brand', '120rem', 'where(.dark', 'var(--brand)', '1fr 2fr', 'padding: 1rem']) assert.ok(css.includes(found), found)
})

test('Vue and Svelte as the notes have them', async () => {
  const vue = await Project.of({
    'index.html': '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    'package.json': '{ "dependencies": { "vue": "3.5.45" } }',
    'src/main.ts': 'import { createApp } from "vue"\nimport "./app.css"\nimport App from "./App.vue"\ncreateApp(App).mount("#app")\n',
    'src/app.css': TAILWIND,
    'src/App.vue': '<script setup lang="ts">\nimport { useTemplateRef, watch } from "vue"\nconst { count = 0 } = defineProps<{ count?: number }>()\nconst text = defineModel<string>()\nconst emit = defineEmits<{ save: [id: number] }>()\nconst field = useTemplateRef<HTMLInputElement>("field")\nwatch(() => count, () => emit("save", count))\n</script>\n<template><input ref="field" v-model="text" class="a" @focus="field?.select()" /></template>\n<style scoped>\n@reference "tailwindcss";\n.a { @apply bg-red-500 }\n</style>\n',
  })
  assert.equal(vue.result.status, 'built', JSON.stringify(vue.result))
  const svelte = await Project.of({
    'index.html': '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    'package.json': '{ "dependencies": { "svelte": "5.57.3" } }',
    'src/main.ts': 'import { mount } from "svelte"\nimport App from "./App.svelte"\nmount(App, { target: document.getElementById("app")! })\n',
    'src/count.svelte.ts': 'export const count = $state({ n: 0 })\n',
    'src/App.svelte': '<script lang="ts">\n  import { SvelteMap } from "svelte/reactivity"\n  import { count } from "./count.svelte"\n  let { title, size = 1, children } = $props()\n  let double = $derived(count.n * size)\n  const seen = new SvelteMap()\n  $effect(() => { seen.set(count.n, title) })\n</script>\n{#each [1] as x}{@const y = x}<button onclick={() => count.n++}>{title}{double}{y}{seen.size}</button>{/each}\n{@render children?.()}\n',
  })
  assert.equal(svelte.result.status, 'built', JSON.stringify(svelte.result))
})
