import { phrase } from '../../engine/phrase.ts'
import { policyFault } from '../files/fault.ts'
import { join, shown } from '../files/paths.ts'
import { parseEnv } from './env.ts'
import { configValue, holdsUnknown, isRecord, Made, UNKNOWN } from './config-value.ts'
import type { BuildFault } from '../files/fault.ts'
import type { FileSet } from '../files/file-set.ts'
import type { Surroundings } from './config-value.ts'
import type { Alias } from './tsconfig.ts'

/** How the names of CSS modules are exported and made: `css.modules`. */
export interface ModuleNames { convention?: string; pattern?: string }

/** What the engine takes from vite.config. */
export interface ViteConfig {
  aliases: Alias[]
  /** Constants by the name in the code, each as the text of an expression. */
  define: Record<string, string>
  envPrefix: string[]
  /** The folder of the .env files, with a slash at its end. */
  envFolder: string
  moduleNames: ModuleNames
  /** Text before each style sheet of a language, by its ending without the dot. */
  additional: Record<string, string>
  /** The same after each. */
  after: Record<string, string>
  /** Endings of further files whose import gives their address. */
  assets: string[]
  jsxImportSource?: string
  /** Specifiers that the page itself resolves, by an import map. */
  external: string[]
  /** A relative base is what `import.meta.env.BASE_URL` says in a build. */
  base?: string
}

const FILES = ['/vite.config.ts', '/vite.config.js', '/vite.config.mts', '/vite.config.mjs', '/vite.config.cts', '/vite.config.cjs']

const REACT = /^@vitejs\/plugin-react(?:-swc)?$/
const LONGEST_PATTERN = 200

export const viteConfigFile = (files: FileSet): string | undefined => FILES.find((name) => files.text(name) !== undefined)

/** vite.config, read without running it. A file that cannot be read counts as none: Vite would say so, the app can still run. */
export function readViteConfig(files: FileSet, built: boolean): ViteConfig {
  const path = viteConfigFile(files)
  const around: Surroundings = { built, read: (file) => files.text(file), environment: () => environment(files, built) }
  const value = path === undefined ? undefined : configValue(path, files.text(path)!, around)
  const root = isRecord(value) ? value : {}
  const css = record(root.css)
  const modules = record(css.modules)
  const config: ViteConfig = {
    aliases: aliases(record(root.resolve).alias), define: {}, envPrefix: list(root.envPrefix, ['VITE_']),
    envFolder: typeof root.envDir === 'string' ? slashed(join('/', root.envDir)) : '/', moduleNames: {}, additional: {}, after: {}, assets: endings(root.assetsInclude),
    external: list(record(record(root.build).rollupOptions ?? record(root.build).rolldownOptions).external, []),
  }
  for (const [name, one] of Object.entries(record(root.define))) {
    const text = holdsUnknown(one) ? undefined : typeof one === 'string' ? one : JSON.stringify(one)
    if (text !== undefined) config.define[name] = text
  }
  if (typeof modules.localsConvention === 'string') config.moduleNames.convention = modules.localsConvention
  if (typeof modules.generateScopedName === 'string') config.moduleNames.pattern = modules.generateScopedName
  for (const [language, options] of Object.entries(record(css.preprocessorOptions))) {
    const text = record(options).additionalData
    if (typeof text === 'string') config.additional[language] = text
    if (language !== 'less') continue
    config.additional.less = variables(record(options).globalVars) + (config.additional.less ?? '')
    config.after.less = variables(record(options).modifyVars)
  }
  if (typeof root.base === 'string' && (root.base === './' || root.base === '')) config.base = './'
  for (const plugin of plugins(root)) {
    const source = plugin instanceof Made && REACT.test(plugin.from) ? record(plugin.options[0]).jsxImportSource : undefined
    if (typeof source === 'string') config.jsxImportSource = source
  }
  const compiler = record(root.esbuild)
  if (typeof compiler.jsxImportSource === 'string') config.jsxImportSource = compiler.jsxImportSource
  if (path !== undefined && isRecord(value)) refuse(root, path)
  return config
}

/** Throws a policy fault for the first setting that changes the app and that the engine does not follow. */
function refuse(root: Record<string, unknown>, path: string): void {
  const css = record(root.css)
  const resolve = record(root.resolve)
  const bundler = record(record(root.build).rollupOptions ?? record(root.build).rolldownOptions)
  const says = (name: string): BuildFault => policyFault('vite-config', phrase('engine.vite_config', { name }), shown(path))
  if (typeof root.root === 'string' && !/^(?:\.?\/?)$/.test(root.root)) throw says('root')
  if (root.publicDir !== undefined && !/^(?:\.?\/)?public\/?$/.test(String(root.publicDir))) throw says('publicDir')
  for (const [name, one] of Object.entries(record(root.define))) if (holdsUnknown(one)) throw says(`define.${name}`)
  if (css.transformer === 'lightningcss') throw says('css.transformer')
  if (list(record(css.postcss).plugins, []).length > 0 || (Array.isArray(record(css.postcss).plugins) && (record(css.postcss).plugins as unknown[]).some((one) => !known(one)))) throw says('css.postcss')
  const pattern = record(css.modules).generateScopedName
  if (pattern === UNKNOWN) throw says('css.modules.generateScopedName')
  for (const options of Object.values(record(css.preprocessorOptions))) if (record(options).additionalData === UNKNOWN) throw says('css.preprocessorOptions.additionalData')
  const less = record(record(css.preprocessorOptions).less)
  for (const name of ['globalVars', 'modifyVars', 'math', 'plugins', 'paths']) {
    if (holdsUnknown(less[name]) || (name !== 'globalVars' && name !== 'modifyVars' && less[name] !== undefined)) throw says(`css.preprocessorOptions.less.${name}`)
  }
  if (Array.isArray(resolve.extensions)) throw says('resolve.extensions')
  if (resolve.alias === UNKNOWN || holdsUnknown(resolve.alias)) throw says('resolve.alias')
  if (bundler.plugins !== undefined) throw says('build.rollupOptions.plugins')
  const compiler = { ...record(root.esbuild), ...record(root.oxc) }
  for (const name of ['jsxInject', 'jsxFactory', 'include', 'banner']) if (compiler[name] !== undefined) throw says(`esbuild.${name}`)
  for (const plugin of plugins(root)) {
    if (plugin === UNKNOWN || isRecord(plugin)) throw policyFault('vite-plugin', phrase('engine.vite_plugin.own'), shown(path))
    if (plugin instanceof Made && plugin.from === '@mdx-js/rollup' && plugin.options[0] !== undefined) throw says('mdx')
    if (plugin instanceof Made && REACT.test(plugin.from) && (record(plugin.options[0]).babel !== undefined || list(record(plugin.options[0]).plugins, []).length > 0)) throw says('babel')
  }
}

/** PostCSS plugins whose work the engine does itself, or that browsers do not need. */
const known = (one: unknown): boolean => one instanceof Made && /^(?:autoprefixer|tailwindcss|@tailwindcss\/postcss)$/.test(one.from)

/** The plugins that take part; `false && plugin()` is none. */
function plugins(root: Record<string, unknown>): unknown[] {
  const flat = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(flat) : value ? [value] : [])
  return flat(root.plugins)
}

function aliases(value: unknown): Alias[] {
  const out: Alias[] = []
  const put = (from: unknown, to: unknown): void => {
    if (typeof to !== 'string') return
    if (from instanceof RegExp) { if (from.source.length <= LONGEST_PATTERN) out.push({ from: '', exact: true, to: [], pattern: from, replacement: to }) } else if (typeof from === 'string' && from !== '') add(out, from, to)
  }
  if (Array.isArray(value)) for (const one of value) { if (isRecord(one)) put(one.find, one.replacement) } else if (isRecord(value)) for (const [from, to] of Object.entries(value)) put(from, to)
  return out
}

function add(out: Alias[], from: string, to: string): void {
  // A bare name leads to a package: `react` → `preact/compat`.
  if (!/^[./]/.test(to)) { out.push({ from, exact: true, to: [], package: to }); return }
  const target = join('/', to)
  if (from.endsWith('/')) out.push({ from, exact: false, to: [slashed(target)] })
  else out.push({ from, exact: true, to: [target === '/' ? '' : target] })
}

/** Variables of Less as a sheet: the last definition of a name is the one that counts. */
const variables = (value: unknown): string => Object.entries(record(value)).map(([name, one]) => `\n@${name.replace(/^@/, '')}: ${String(one)};`).join('')

/** `.gltf` of `any path with that ending`. */
function endings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? /\*\.\{?([\w,]+)\}?$/.exec(one)?.[1]?.split(',').map((end) => '.' + end.toLowerCase()) ?? [] : []))
}

/** All values of the .env files, as `loadEnv` gives them without a prefix. */
function environment(files: FileSet, built: boolean): Record<string, string> {
  const mode = built ? 'production' : 'development'
  return Object.fromEntries(['/.env', '/.env.local', `/.env.${mode}`, `/.env.${mode}.local`].flatMap((name) => parseEnv(files.text(name) ?? '')))
}

const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
const list = (value: unknown, usual: string[]): string[] => (typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : usual)
const slashed = (path: string): string => (path.endsWith('/') ? path : path + '/')
