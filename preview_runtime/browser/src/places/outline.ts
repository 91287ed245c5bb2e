import { outlineMarkup } from './markup.ts'
import { outlineScript, outlineTree } from './script.ts'
import { tags } from '../instant/text/html.ts'
import { newOutline } from './literal.ts'
import { hash } from '../instant/files/hash.ts'
import { extension } from '../instant/files/paths.ts'
import type { Element_, Outline } from './literal.ts'

/** Parses Svelte; the tree is that of its compiler. */
export type ParseSvelte = (source: string) => object

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
  for (const tag of tags(source, true)) {
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
