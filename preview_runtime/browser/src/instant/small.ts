import { applyEdits } from './files/edits.ts'
import { attribute, tags } from './text/html.ts'
import type { Edit } from './files/edits.ts'

/** Minifies scripts and style sheets; text that cannot be parsed is returned unchanged. */
export interface Small { script(code: string): Promise<string>; style(css: string): Promise<string> }

const SCRIPTS = /^(?:|text\/javascript|application\/javascript|text\/ecmascript|application\/ecmascript)$/i

/** A page without comments, with its classic scripts and styles minified. `preloads` are put at the end of its head. */
export async function smallPage(html: string, preloads: string[], small: Small): Promise<string> {
  const edits: Edit[] = []
  const found = tags(html)
  let at = 0
  for (const tag of found) {
    edits.push(...comments(html, at, tag.start))
    at = Math.max(tag.end, tag.closing ? 0 : tag.textEnd)
    if (tag.closing || tag.textEnd <= tag.end) continue
    const text = html.slice(tag.end, tag.textEnd)
    let put: string | undefined
    if (tag.name === 'style') put = await small.style(text)
    else if (tag.name === 'script' && SCRIPTS.test(attribute(tag, 'type')?.trim() ?? '')) put = await small.script(text)
    else if (tag.name === 'noscript') put = applyEdits(text, comments(text, 0, text.length))
    if (put !== undefined && put !== text) edits.push({ start: tag.end, end: tag.textEnd, text: put })
  }
  edits.push(...comments(html, at, html.length))
  const head = found.find((tag) => tag.name === 'head' && tag.closing) ?? found.find((tag) => tag.name === 'script' && !tag.closing)
  const links = preloads.map((address) => `<link rel="modulepreload" href="${address}">`).join('')
  if (head && links) edits.push({ start: head.start, end: head.start, text: links })
  return applyEdits(html, edits)
}

function comments(html: string, from: number, to: number): Edit[] {
  const out: Edit[] = []
  for (let start = html.indexOf('<!--', from); start !== -1 && start < to; start = html.indexOf('<!--', start)) {
    const close = html.indexOf('-->', start + 2)
    const end = close === -1 ? html.length : close + 3
    out.push({ start, end, text: '' })
    start = end
  }
  return out
}
