import { phrase } from '../../engine/phrase.ts'
import { compile as compileComponent, compileModule, parse as parseComponent } from 'svelte/compiler'
import { FrameworkError } from '../project/frameworks.ts'
import { attribute, tags } from '../text/html.ts'
import type { FrameworkInput } from '../project/frameworks.ts'

/** A Svelte 5 component or `.svelte.js` / `.svelte.ts` module; the compiler adds its own hot replacement. */
export async function compile(input: FrameworkInput): Promise<string> {
  const { path } = input
  try {
    if (!path.endsWith('.svelte')) return compileModule(input.script(input.source, path.endsWith('.ts')), { filename: path, dev: !input.built, generate: 'client' }).js.code
    const source = await prepare(input)
    return compileComponent(source, { filename: path, dev: !input.built, css: 'injected', hmr: !input.built, generate: 'client' }).js.code
  } catch (error) {
    if (error instanceof FrameworkError) throw error
    const { message, start } = error as Error & { start?: { line: number; column: number } }
    throw new FrameworkError(message.split('\n')[0]!, start ? { line: start.line, column: start.column + 1 } : {})
  }
}

/** The tree of a component, for `places/`. */
export const parse = (source: string): object => parseComponent(source, { modern: true })

const SCRIPTS = new Set(['ts', 'typescript', 'js'])
const FOREIGN = new Set(['scss', 'sass', 'less'])
const STYLES = new Set([...FOREIGN, 'css', 'postcss'])

/** Style blocks go through Tailwind; languages that need a preprocessor are refused. */
async function prepare({ source, style, built }: FrameworkInput): Promise<string> {
  let out = ''
  let at = 0
  for (const tag of tags(source, true)) {
    if (tag.closing || (tag.name !== 'style' && tag.name !== 'script')) continue
    const lang = attribute(tag, 'lang')
    if (lang && !(tag.name === 'style' ? STYLES : SCRIPTS).has(lang)) throw new FrameworkError('', {}, tag.name === 'style' ? phrase('engine.language.styles', { language: lang }) : phrase('engine.language.script', { language: lang }))
    if (tag.name !== 'style') continue
    const css = source.slice(tag.end, tag.textEnd)
    const foreign = lang !== undefined && FOREIGN.has(lang)
    if (!built && !foreign && !/@apply|@reference|@theme|url\(/.test(css)) continue
    out += source.slice(at, tag.end) + (built ? await style(css, lang) : inLines(await style(css, lang), css))
    at = tag.textEnd
  }
  return out + source.slice(at)
}

/** In as many lines as what was written, so that what follows stays in its line. */
const inLines = (css: string, written: string): string => css.replace(/\s*\n\s*/g, ' ') + '\n'.repeat(written.split('\n').length - 1)
