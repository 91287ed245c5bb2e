import { outlineMarkup } from './markup.ts'
import { outlineScript, outlineTree } from './script.ts'
import { tags } from '../instant/text/html.ts'
import { hash } from '../instant/files/hash.ts'
import { extension } from '../instant/files/paths.ts'

/** How a text is written, which decides how another one has to be written in its place. */
export type Spelling = 'jsx' | 'html' | 'vue' | 'svelte' | 'json' | "'" | '"' | '`' | 'attribute"' | "attribute'"

/** A text as it is written: `start` to `end` is what stands for `value`, without quotes. `key`: the property that it is the value of. */
export interface Literal { start: number; end: number; value: string; spelling: Spelling; key: string }

/**
 * An element as it is written. `texts`: those of its own children, `given`: those of its attributes; `keys`: the names
 * that its own children are computed with. `listed`: it stands for every entry of a list.
 */
export interface Element_ { name: string; start: number; openEnd: number; end: number; component: string; listed: boolean; texts: Literal[]; given: Literal[]; keys: string[]; keyLast?: boolean }

/**
 * `numbered`: the elements in the order in which compiled JSX names their places: as they end, or as they begin where the
 * key comes behind a spread. `strings`: the texts of scripts and data outside of elements.
 */
export interface Outline { elements: Element_[]; numbered: Element_[]; strings: Literal[]; template?: { start: number; hash: string } }

/** Parses Svelte; the tree is that of its compiler. */
export type ParseSvelte = (source: string) => object

export const newOutline = (): Outline => ({ elements: [], numbered: [], strings: [] })

/** What is written in a file; undefined where it is of no kind that has elements or texts, or cannot be read. */
export function outlineOf(path: string, source: string, parseSvelte: ParseSvelte | undefined): Outline | undefined {
  const outline = newOutline()
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '')
  try {
    switch (extension(path)) {
      case '.tsx': case '.jsx': case '.js': case '.ts': case '.mjs': case '.mts': outlineScript(source, 0, name, outline, extension(path)); break
      case '.json': outlineScript(`(${source}\n)`, -1, name, outline, '.json'); break
      case '.html': outlineMarkup(source, 'html', '', outline); break
      case '.vue': outlineVue(source, name, outline); break
      case '.svelte':
        if (!parseSvelte) return undefined
        outlineTree(parseSvelte(source), source, name, outline)
        break
      default: return undefined
    }
  } catch { return undefined }
  const named = (one: Element_): number => (one.keyLast ? one.openEnd : one.end)
  outline.numbered = outline.elements.toSorted((a, b) => named(a) - named(b) || b.start - a.start)
  return outline
}

function outlineVue(source: string, name: string, outline: Outline): void {
  let depth = 0
  let start = -1
  for (const tag of tags(source)) {
    if (tag.name === 'template') {
      if (!tag.closing && source[tag.end - 2] === '/') continue
      depth += tag.closing ? -1 : 1
      if (depth === 1 && !tag.closing && start === -1) start = tag.end
      if (depth === 0 && tag.closing && outline.template === undefined) {
        const content = source.slice(start, tag.start)
        outline.template = { start, hash: hash(content) }
        outlineMarkup(content, 'vue', name, outline, start)
      }
    } else if (tag.name === 'script' && !tag.closing && depth === 0) {
      outlineScript(source.slice(tag.end, tag.textEnd), tag.end, name, outline, '.ts')
    }
  }
}
