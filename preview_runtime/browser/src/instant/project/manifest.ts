import { phrase } from '../../engine/phrase.ts'
import { buildFault, position } from '../files/fault.ts'
import { packageName } from './resolve.ts'
import type { FileSet } from '../files/file-set.ts'

/** What package.json says about npm packages. */
export class Manifest {
  readonly source: string
  readonly dependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
  /** The project's own subpath imports (`#name`), each with its target. */
  readonly imports: Record<string, string>

  private constructor(source: string, dependencies: Record<string, string>, devDependencies: Record<string, string>, imports: Record<string, string>) {
    this.source = source
    this.dependencies = dependencies
    this.devDependencies = devDependencies
    this.imports = imports
  }

  /** Undefined when there is no package.json; throws BuildFault when it is no JSON object. */
  static read(files: FileSet): Manifest | undefined {
    const source = files.text('/package.json')
    if (source === undefined) return undefined
    let value: unknown
    try { value = JSON.parse(source) } catch (error) {
      const at = /position (\d+)/.exec(String(error))
      throw buildFault('json', phrase('engine.json', { path: 'package.json' }), { file: '/package.json', ...(at ? position(source, Number(at[1])) : { line: 1, column: 1 }) }, source)
    }
    const root = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    return new Manifest(source, { ...strings(root.peerDependencies), ...strings(root.dependencies) }, strings(root.devDependencies), targets(root.imports))
  }

  range(name: string): string | undefined { return this.dependencies[name] ?? this.devDependencies[name] }

  /** The major version of its range; NaN where it has none. */
  major(name: string): number { return Number(/(\d+)/.exec(this.range(name) ?? '')?.[1] ?? NaN) }

  has(name: string): boolean { return this.range(name) !== undefined }

  /** package.json with one more dependency, and everything else unchanged. */
  with(name: string): string {
    const root = JSON.parse(this.source) as Record<string, unknown>
    const dependencies = Object.fromEntries(Object.entries({ ...strings(root.dependencies), [name]: 'latest' }).sort(([a], [b]) => (a < b ? -1 : 1)))
    return JSON.stringify({ ...root, dependencies }, null, 2) + '\n'
  }
}

function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** The condition that a browser takes of each entry of `imports`. */
function targets(value: unknown): Record<string, string> {
  const first = (one: unknown): string | undefined => {
    if (typeof one === 'string') return one
    if (Array.isArray(one)) return one.map(first)[0]
    if (typeof one !== 'object' || one === null) return undefined
    for (const [condition, inner] of Object.entries(one)) if (['browser', 'module', 'import', 'default'].includes(condition)) return first(inner)
    return undefined
  }
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).flatMap(([name, one]) => { const to = first(one); return to === undefined ? [] : [[name, to]] }))
}

/** Packages that build an app and are never imported by it. */
const TOOL = /^(?:@types\/|@mdx-js\/(?:rollup|mdx)$|@vitejs\/|@sveltejs\/vite-plugin|@tailwindcss\/|@eslint\/|@typescript-eslint\/|eslint|prettier|postcss|vite(?:$|-|st$)|typescript$|tailwindcss$|autoprefixer$|sass(?:$|-)|less$|vue-tsc$|svelte-check$|tsx$|ts-node$|npm-run-all|concurrently$|rimraf$|husky$|lint-staged$|@tsconfig\/|tw-animate-css$|tailwindcss-animate$|serve$|nodemon$|globals$)/

/**
 * Specifiers that are always requested together, so that the set seldom changes while an app grows: the main entry of
 * each dependency, and the parts of a framework that compiled code imports.
 */
export function baseSpecifiers(manifest: Manifest, used: Iterable<string>): string[] {
  const names = new Set(Object.keys(manifest.dependencies).filter((name) => !TOOL.test(name)))
  for (const specifier of used) names.add(packageName(specifier))
  const out = new Set<string>(names)
  if (names.has('react')) for (const part of ['react', 'react/jsx-runtime', 'react/jsx-dev-runtime']) out.add(part)
  if (names.has('react-dom')) out.add('react-dom/client')
  if (names.has('svelte')) for (const part of ['svelte/internal/client', 'svelte/internal/disclose-version', 'svelte/internal/flags/legacy']) out.add(part)
  // A package of which only parts are used may have no main entry at all.
  for (const name of names) if (!(name in manifest.dependencies) && ![...used].includes(name) && name !== 'react' && name !== 'svelte') out.delete(name)
  return [...out].sort()
}
