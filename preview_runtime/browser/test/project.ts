import { readFileSync } from 'node:fs'
import { Compiler } from '../src/instant/compiler.ts'
import type { DependencyRequest, DependencySet, Fault, FileMap, OutputFile } from '../src/engine/engine.ts'
import type { BuildResult } from '../src/instant/compiler.ts'
import type { Build } from '../src/preview/messages.ts'
import type { Hot } from '../src/instant/scripts/hot.ts'

const css = (name: string): string => readFileSync(new URL(`../node_modules/tailwindcss/${name}`, import.meta.url), 'utf8')
const sheets = Object.fromEntries(['index.css', 'theme.css', 'preflight.css', 'utilities.css'].map((name) => [name, css(name)]))

/** Answers every specifier with a file of its own name; what is in `broken` is an error of the set, what is in `held` is
 * not installed. */
export function packages(broken: Record<string, string> = {}, held: Record<string, string> = {}) {
  const requests: DependencyRequest[] = []
  const answer = async (request: DependencyRequest): Promise<DependencySet> => {
    requests.push(request)
    const hash = `h${JSON.stringify(request.dependencies).length}`
    const set: DependencySet = { hash, base: `/@deps/${hash}/`, modules: {}, styles: {}, imports: {}, errors: broken }
    for (const specifier of request.specifiers) {
      if (specifier in broken) continue
      if (specifier in held) { set.held = { ...set.held, [specifier]: held[specifier]! }; continue }
      const file = specifier.replaceAll('/', '__')
      if (specifier.endsWith('.css')) set.styles[specifier] = file
      else { set.modules[specifier] = file + '.js'; set.imports[file + '.js'] = ['chunk-shared.js'] }
    }
    return set
  }
  return { requests, answer }
}

/** A project as the engine sees it: edits in, what is served and what the page is told out. */
export class Project {
  readonly served = new Map<string, OutputFile>()
  readonly requests: DependencyRequest[]
  readonly #compiler: Compiler
  result: BuildResult = { status: 'waiting' }

  constructor(options: { broken?: Record<string, string>; held?: Record<string, string>; builder?: string; origin?: string; finish?: (css: string) => Promise<string> } = {}) {
    const { requests, answer } = packages(options.broken, options.held)
    this.requests = requests
    this.#compiler = new Compiler({ sheets, dependencies: answer, builder: options.builder ?? '', ...(options.origin && { origin: options.origin }), ...(options.finish && { finish: options.finish }), frameworks: { vue: () => import('../src/instant/scripts/vue.ts'), svelte: () => import('../src/instant/scripts/svelte.ts'), mdx: () => import('../src/instant/scripts/mdx.ts'), sass: () => import('../src/instant/styles/sass.ts'), less: () => import('../src/instant/styles/less.ts'), solid: () => import('../src/instant/scripts/solid.ts'), tailwind3: () => import('../src/instant/styles/tailwind3.ts'), lowering: () => import('../src/instant/lowering/lowering.ts') } })
  }

  static async of(files: FileMap, options?: { broken?: Record<string, string>; held?: Record<string, string>; builder?: string; origin?: string; finish?: (css: string) => Promise<string> }): Promise<Project> {
    const project = new Project(options)
    await project.put(files)
    return project
  }

  put(files: FileMap, complete = true): Promise<BuildResult> { return this.change(files, [], complete) }

  async change(put: FileMap, gone: string[], complete = true): Promise<BuildResult> {
    this.result = await this.#compiler.apply({ put, delete: gone }, complete)
    if (this.result.status === 'built') {
      for (const path of this.result.delete) this.served.delete(path)
      for (const [path, file] of Object.entries(this.result.files)) this.served.set(path, file)
    }
    return this.result
  }

  /** What the page that is served says it was loaded from. */
  get build(): Build {
    const [, told = ''] = /data-build="([^"]*)"/.exec(this.text('/index.html')) ?? []
    return JSON.parse(told.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as Build
  }

  /** The same project opened anew, knowing what its page says. */
  async anew(files: FileMap, options: { builder: string; origin: string }): Promise<Project> {
    const project = new Project(options)
    project.#compiler.continue(this.build.versions)
    await project.put(files)
    return project
  }

  text(path: string): string {
    const file = this.served.get(path)
    if (file === undefined) throw new Error(`${path} is not served; there is ${[...this.served.keys()].join(', ')}`)
    return typeof file.body === 'string' ? file.body : new TextDecoder().decode(file.body)
  }

  get hot(): Hot {
    if (this.result.status !== 'built') throw new Error(`not built: ${JSON.stringify(this.result)}`)
    return this.result.hot
  }

  get fault(): Fault {
    if (this.result.status !== 'fault') throw new Error(`no fault: ${this.result.status}`)
    return this.result.fault
  }

  /** The ids of the modules that take the last update. */
  get updated(): string[] { return this.hot.type === 'update' ? this.hot.modules.map((m) => m.id).sort() : [] }
}

export const REACT: FileMap = {
  'package.json': JSON.stringify({ dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0', zustand: '^5.0.0' } }),
  'index.html': '<!doctype html><html><head><title>x</title></head><body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>',
  'src/main.tsx': "import { createRoot } from 'react-dom/client'\nimport App from './App'\nimport './index.css'\ncreateRoot(document.getElementById('root')!).render(<App />)\n",
  'src/App.tsx': "import { Counter } from './Counter'\nimport { label } from './label'\nexport default function App() { return <main className=\"p-4\"><Counter />{label}</main> }\n",
  'src/Counter.tsx': "import { useState } from 'react'\nexport function Counter() { const [n, setN] = useState(0); return <button className=\"bg-red-500\" onClick={() => setN(n + 1)}>{n}</button> }\n",
  'src/label.ts': "export const label: string = 'hello'\n",
  'src/index.css': '@import "tailwindcss";\n',
}
