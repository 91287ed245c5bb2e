import { phrase } from '../../engine/phrase.ts'
import { policyFault } from '../files/fault.ts'
import { isAsset } from '../files/mime.ts'
import { extension, shown } from '../files/paths.ts'
import { isScript } from '../files/mime.ts'
import { isSheet } from '../files/mime.ts'
import type { FileSet } from '../files/file-set.ts'
import type { Manifest } from './manifest.ts'

/** Frameworks that render on a server or have a compiler of their own. */
const FRAMEWORKS: Record<string, string> = {
  next: 'Next.js', nuxt: 'Nuxt', '@sveltejs/kit': 'SvelteKit', astro: 'Astro', gatsby: 'Gatsby', '@remix-run/react': 'Remix', '@remix-run/node': 'Remix',
  '@react-router/dev': 'React Router in framework mode', '@angular/core': 'Angular', '@solidjs/start': 'SolidStart', '@builder.io/qwik': 'Qwik', '@tanstack/react-start': 'TanStack Start',
  expo: 'Expo', 'react-native': 'React Native', 'react-scripts': 'Create React App', 'ember-source': 'Ember', '@stencil/core': 'Stencil', electron: 'Electron',
}

const STYLES: Record<string, string> = { '.styl': 'Stylus', '.stylus': 'Stylus' }

const CONFIG_PACKAGES = /^(?:vite|vitest(?:\/config)?|@vitejs\/plugin-(?:react|react-swc|vue|basic-ssl)|@sveltejs\/vite-plugin-svelte|@tailwindcss\/vite|vite-tsconfig-paths|vite-plugin-solid|tailwindcss|autoprefixer|@preact\/preset-vite|@mdx-js\/rollup|vite-plugin-(?:checker|inspect|eslint2?)|rollup-plugin-visualizer|(?:node:)?(?:path|url|fs|process))$/

/** Throws a policy fault for the first thing of the project that this engine cannot run. */
export function refuseUnsupported(files: FileSet, manifest: Manifest | undefined): void {
  if (manifest) {
    for (const [name, label] of Object.entries(FRAMEWORKS)) if (name in manifest.dependencies || name in manifest.devDependencies) throw policyFault('framework', phrase('engine.framework', { name: label }), 'package.json')
    if (manifest.major('vue') < 3) throw policyFault('vue-version', phrase('engine.uses', { name: 'Vue 2' }), 'package.json')
    if (manifest.major('svelte') < 5) throw policyFault('svelte-version', phrase('engine.uses', { name: `Svelte ${manifest.major('svelte')}` }), 'package.json')
    if (manifest.major('tailwindcss') < 3) {
      const config = [...files.paths()].find((path) => /^\/tailwind\.config\.[cm]?[jt]s$/.test(path))
      if (config) throw policyFault('tailwind-config', phrase('engine.tailwind.config', { version: manifest.major('tailwindcss') }), config.slice(1))
    }
  }
  for (const [path, content] of files.entries()) {
    if (typeof content !== 'string') continue
    if (/^\/vite\.config\.[cm]?[jt]s$/.test(path)) {
      for (const match of content.matchAll(/(?:^|[;\n])[^\S\n]*import\s(?:[^'"]*?\sfrom\s*)?["']([^"'.][^"']*)["']/g)) {
        if (!CONFIG_PACKAGES.test(match[1]!)) throw policyFault('vite-plugin', phrase('engine.vite_plugin', { name: match[1]! }), path.slice(1))
      }
    } else if (/^\/(?:postcss\.config\.[cm]?[jt]s|\.postcssrc(?:\.\w+)?)$/.test(path)) {
      const plugins = content.replace(/\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|\/\/.*$/gm, '')
      const other = /["']?(?<![\w-])(postcss-(?!nesting\b|import\b|flexbugs-fixes\b)[\w-]+|@csstools\/[\w-]+)["']?/.exec(plugins)
      if (other) throw policyFault('postcss', phrase('engine.postcss', { name: other[1]! }), path.slice(1))
    }
  }
}

/** Throws when importing a file of this kind needs a compiler that this engine lacks. */
export function refuseImport(path: string): void {
  const ext = extension(path)
  const style = STYLES[ext]
  if (style) throw policyFault('style-language', phrase('engine.written_in', { path: shown(path), language: style }), path.slice(1))
  if (ext === '.astro' || ext === '.marko' || ext === '.pug') throw policyFault('language', phrase('engine.language', { path: shown(path) }), path.slice(1))
}

/** Throws for a file of a kind that only a plugin of Vite could turn into a module. */
export function refuseUnknown(path: string, assets: string[]): void {
  refuseImport(path)
  const ext = extension(path)
  if (ext === '' || isScript(path) || isSheet(path) || isAsset(path) || ['.vue', '.svelte', '.mdx', '.json'].includes(ext) || assets.includes(ext)) return
  throw policyFault('unknown-file', phrase('engine.unknown_file', { path: shown(path), ending: ext }), path.slice(1))
}
