import { phrase } from '../../engine/phrase.ts'
import { cssImports, cssTokens, rebaseUrls } from '../text/css.ts'
import { buildFault, position } from '../files/fault.ts'
import { join } from '../files/paths.ts'
import { resolve } from '../project/resolve.ts'
import { refuseImport } from '../project/unsupported.ts'
import type { Alias } from '../project/tsconfig.ts'
import type { CssImport } from '../text/css.ts'
import type { FileSet } from '../files/file-set.ts'

/** `packageStyle` returns the address of a package's CSS file, if there is one. */
export interface SheetSource { files: FileSet; settings: { aliases: Alias[] }; packageStyle(specifier: string): string | undefined }

/** The most style sheets that are inlined into one: a file counts more than once only under different conditions. */
export const MOST_SHEETS = 2_000
/** Characters of one finished style sheet. */
export const MOST_CSS = 16 * 1024 * 1024

/** The context of an import: its conditions, and the number of the block that they open. */
interface Block { conditions: string; id: number }
interface Piece { blocks: Block[]; css: string }

export function classify(specifier: string): 'relative' | 'external' | 'package' {
  if (specifier.startsWith('.') || (specifier.startsWith('/') && !specifier.startsWith('//'))) return 'relative'
  return /^(?:[a-z]+:)?\/\//i.test(specifier) || /^data:/i.test(specifier) ? 'external' : 'package'
}

/** The project file that an import of a style sheet means, by its path or an alias; undefined for packages and addresses. */
export function sheetFile(files: FileSet, aliases: Alias[], specifier: string, importer: string): string | undefined {
  const kind = classify(specifier)
  if (kind === 'external') return undefined
  // A bare name is a file beside the sheet before it is a package.
  const near = join(importer, kind === 'package' ? './' + specifier : specifier)
  if (kind === 'relative' || files.text(near) !== undefined) return near
  const found = resolve(files, aliases, specifier, importer)
  return found.kind === 'file' || found.kind === 'missing' ? found.path : undefined
}

/**
 * The text of a style sheet with its imports inlined. Under the same conditions a file is inlined once, at its last
 * place. That has the same effect as a browser's handling of CSS that is imported twice (CSS Cascade 5, section 2;
 * esbuild does the same). So the work grows with the number of files and imports, not with the number of paths through
 * them. At its earlier places a file only keeps its names of layers, because the first mention decides their order.
 */
export function flatten(path: string, source: string, context: SheetSource): string {
  // Read from the end: the first time a file is met is its last place.
  const pieces: Piece[] = []
  const outside: string[] = []
  const seen = new Set<string>()
  const layers = new LayerNames(context.files)
  let sheets = 0
  let size = 0
  let blocks = 0

  const put = (chain: Block[], css: string): void => {
    if (css === '') return
    if ((size += css.length) > MOST_CSS) throw tooMuch(path)
    pieces.push({ blocks: chain, css })
  }

  const visit = (file: string, text: string, chain: Block[], key: string, open: Set<string>): void => {
    if (++sheets > MOST_SHEETS) throw tooMuch(path)
    seen.add(`${file}\u0000${key}`)
    const rules = cssImports(text)
    let at = text.length
    for (const rule of rules.toReversed()) {
      put(chain, rebaseUrls(text.slice(rule.end, at), file))
      at = rule.start
      enter(file, text, rule, chain, key, open)
    }
    put(chain, rebaseUrls(text.slice(0, at), file))
  }

  const enter = (file: string, text: string, rule: CssImport, chain: Block[], key: string, open: Set<string>): void => {
    const target = sheetFile(context.files, context.settings.aliases, rule.specifier, file)
    const address = target !== undefined ? undefined : classify(rule.specifier) === 'external' ? rule.specifier : context.packageStyle(rule.specifier)
    if (address !== undefined) { outside.push(`@import url(${JSON.stringify(address)}) ${rule.conditions};`); return }
    if (target !== undefined) refuseImport(target)
    const inner = target === undefined ? undefined : context.files.text(target)
    if (target === undefined || inner === undefined) throw buildFault('missing-file', phrase('engine.missing_file', { path: file.slice(1), specifier: rule.specifier }), { file, ...position(text, rule.start) }, text)
    if (open.has(target)) return
    const block: Block = { conditions: rule.conditions, id: ++blocks }
    const within = rule.conditions === '' ? chain : [...chain, block]
    // Layers without a name are always different ones.
    const nameless = /^layer(?!\()/.test(rule.conditions) ? `#${block.id}` : ''
    const innerKey = rule.conditions === '' ? key : `${key}\u0001${rule.conditions}${nameless}`
    if (innerKey.length > 10_000) throw tooMuch(path)
    if (seen.has(`${target}\u0000${innerKey}`)) {
      const named = layers.of(target)
      // A layer's block also declares its name; an empty block changes nothing else.
      if (named.length > 0) put(within, `@layer ${named.join(', ')};`)
      else if (within.some(({ conditions }) => conditions.startsWith('layer'))) put(within, ' ')
      return
    }
    visit(target, inner, within, innerKey, new Set([...open, target]))
  }

  visit(path, source, [], '', new Set([path]))
  return [...new Set(outside)].toReversed().join('') + nested(pieces.toReversed())
}

function tooMuch(path: string) {
  return buildFault('too-large', phrase('engine.too_large.sheets_together', { path: path.slice(1) }), { file: path })
}

/** Pieces of the same import stay together in one block, however deeply their files are nested. */
function nested(pieces: Piece[], depth = 0): string {
  let out = ''
  for (let i = 0; i < pieces.length;) {
    const block = pieces[i]!.blocks[depth]
    if (!block) { out += pieces[i]!.css; i++; continue }
    let end = i + 1
    while (end < pieces.length && pieces[end]!.blocks[depth]?.id === block.id) end++
    out += wrap(nested(pieces.slice(i, end), depth + 1), block.conditions)
    i = end
  }
  return out
}

function wrap(css: string, conditions: string): string {
  let rest = conditions
  let out = css
  const layer = /^layer(?:\(([^)]*)\))?/.exec(rest)
  if (layer) rest = rest.slice(layer[0].length).trim()
  const supports = /^supports\(((?:[^()]|\([^()]*\))*)\)/.exec(rest)
  if (supports) rest = rest.slice(supports[0].length).trim()
  if (rest !== '') out = `@media ${rest}{${out}}`
  if (supports) out = `@supports (${supports[1]}){${out}}`
  if (layer) out = `@layer ${layer[1] ?? ''}{${out}}`
  return out
}

/** The layers named by a file and its imports, in the order of their first mention. */
class LayerNames {
  readonly #files: FileSet
  readonly #known = new Map<string, string[]>()

  constructor(files: FileSet) { this.#files = files }

  of(path: string): string[] {
    const known = this.#known.get(path)
    if (known) return known
    this.#known.set(path, [])
    const text = this.#files.text(path) ?? ''
    const names = new Set<string>()
    for (const rule of cssImports(text)) {
      const layer = /^layer\(([^)]+)\)/.exec(rule.conditions)
      if (layer) names.add(layer[1]!.trim())
      else if (rule.conditions === '' && classify(rule.specifier) === 'relative') for (const name of this.of(join(path, rule.specifier))) names.add(name)
    }
    if (text.includes('@layer')) {
      const plain = cssTokens(text).map((token) => (token.kind === 'text' ? token.text : ' ')).join('')
      for (const match of plain.matchAll(/@layer\s([^;{}@]*)[;{]/g)) for (const name of match[1]!.split(',')) if (name.trim() !== '') names.add(name.trim())
    }
    const list = [...names].slice(0, 200)
    this.#known.set(path, list)
    return list
  }
}
