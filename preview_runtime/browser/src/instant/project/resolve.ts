import { join } from '../files/paths.ts'
import type { Alias } from './tsconfig.ts'
import type { FileSet } from '../files/file-set.ts'

/** The target of an import: a file of the project, an npm package, an address that stays as it is, or nothing. */
export type Resolution =
  | { kind: 'file'; path: string; query: string }
  | { kind: 'public'; path: string; query: string }
  | { kind: 'package'; specifier: string }
  | { kind: 'external'; specifier: string }
  | { kind: 'missing'; path: string }

const EXTENSIONS = ['.tsx', '.ts', '.jsx', '.js', '.mjs', '.mts', '.vue', '.svelte', '.json']

/**
 * The project file that `path` refers to: itself, with an extension added, a folder's index, or the `.ts` file for
 * `.js`.
 */
export function findFile(files: FileSet, wanted: string): string | undefined {
  const path = files.within(wanted)
  if (files.has(path)) return path
  for (const end of EXTENSIONS) if (files.has(path + end)) return path + end
  const script = /^(.*)\.([cm]?)js(x?)$/.exec(path)
  if (script) {
    for (const end of script[3] ? ['.tsx'] : [`.${script[2]}ts`, '.tsx']) if (files.has(script[1]! + end)) return script[1]! + end
  }
  const inside = path.endsWith('/') ? path : path + '/'
  for (const end of EXTENSIONS) if (files.has(`${inside}index${end}`)) return `${inside}index${end}`
  return undefined
}

/** The files that an alias makes of a specifier, or the package; an empty list where it does not apply. */
function meant(alias: Alias, plain: string): string[] | string {
  if (alias.pattern) {
    if (!alias.pattern.test(plain)) return []
    const to = plain.replace(alias.pattern, alias.replacement ?? '')
    return /^[./]/.test(to) ? [join('/', to)] : to === plain ? [] : to
  }
  if (alias.external || !(alias.exact ? plain === alias.from || plain.startsWith(alias.from + '/') : plain.startsWith(alias.from))) return []
  const rest = plain.slice(alias.from.length)
  return alias.package === undefined ? alias.to.map((to) => to + rest) : alias.package + rest
}

export function resolve(files: FileSet, aliases: Alias[], specifier: string, importer: string): Resolution {
  if (/^(?:[a-z][a-z+.-]*:)?\/\//i.test(specifier) || /^(?:data|blob):/i.test(specifier)) return { kind: 'external', specifier }
  if (/^\/@(?:deps|sayso)\//.test(specifier)) return { kind: 'external', specifier }
  const mark = specifier.indexOf('?')
  const query = mark === -1 ? '' : specifier.slice(mark + 1)
  const plain = mark === -1 ? specifier : specifier.slice(0, mark)

  if (aliases.some((alias) => alias.external && alias.from === plain)) return { kind: 'external', specifier }
  const targets: string[] = []
  if (plain.startsWith('.')) targets.push(join(importer, plain + (plain.endsWith('/') || plain === '.' || plain === '..' ? '/' : '')))
  else if (plain.startsWith('/')) targets.push(plain)
  for (const alias of aliases) {
    const to = meant(alias, plain)
    if (typeof to !== 'string') { targets.push(...to); continue }
    return resolve(files, aliases.filter((one) => one !== alias), to + (mark === -1 ? '' : specifier.slice(mark)), importer)
  }
  for (const target of targets) {
    const path = findFile(files, target)
    if (path !== undefined) return { kind: 'file', path, query }
  }
  if (plain.startsWith('/') && files.has('/public' + plain)) return { kind: 'public', path: plain, query }
  const first = targets[0]
  if (first !== undefined && (plain.startsWith('.') || plain.startsWith('/') || !isPackageName(plain))) return { kind: 'missing', path: first }
  if (!isPackageName(plain)) return { kind: 'missing', path: plain }
  return { kind: 'package', specifier: plain }
}

/** `react-dom` of `react-dom/client`, `@scope/name` of `@scope/name/part`. */
export function packageName(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** `@/x` and `~/x` are aliases, never packages. */
const isPackageName = (specifier: string): boolean => /^(?:@[\w.-]+\/[\w.-]+|[a-z0-9_][\w.:-]*)/i.test(specifier) && !specifier.startsWith('@/')
