import { hash } from '../instant/files/hash.ts'
import { position } from '../instant/files/fault.ts'
import { outlineOf } from './outline.ts'
import { orderElements, orderItems } from './order.ts'
import { inserted, restyle } from './restyle.ts'
import { rewritten } from './spelling.ts'
import type { Change, Described, NotWritten, Ordered, SourcePlace, PlaceMark, Pointed, Retyped, Written } from '../engine/place.ts'
import type { Element_, Literal, Outline, WrittenList } from './literal.ts'
import type { ParseSvelte } from './outline.ts'
import type { Rewrite } from './restyle.ts'

/** The files of the front end; `whole`: a path as the project has it. */
export interface SourceFiles {
  text(path: string): string | undefined
  paths(): Iterable<string>
  whole(path: string): string
}

interface Found { file: string; source: string; element: Element_; outline: Outline }

/** Longer texts are not looked at: a person reads what is written there. */
const MOST_TEXT = 600
/** Files without elements in which a text may stand. */
const DATA = /\.(?:json|[cm]?[jt]sx?|vue|svelte)$/
const NO_DATA = /(?:^|\/)(?:package(?:-lock)?|tsconfig[\w.]*|sayso|starter)\.json$|\.config\.\w+$|\.(?:test|spec|d)\.\w+$|\/walks\//

/** Finds where in the files of a project something is written. Files are parsed when they are asked about, and once. */
export class Places {
  readonly #files: SourceFiles
  readonly #svelte: () => Promise<ParseSvelte>
  readonly #outlines = new Map<string, { source: string; outline: Outline | undefined }>()
  #parseSvelte: ParseSvelte | undefined

  constructor(files: SourceFiles, svelte: () => Promise<ParseSvelte>) {
    this.#files = files
    this.#svelte = svelte
  }

  /** Where what is pointed at is written, or the nearest place to it; undefined where nothing is known or it changed meanwhile. */
  async place(pointed: Pointed): Promise<SourcePlace | undefined> {
    await this.#prepare(pointed)
    for (const [index, mark] of pointed.marks.entries()) {
      const found = this.#find(mark)
      if (found) return this.#shown(found, pointed.own && index === 0)
    }
    return undefined
  }

  /** The edit that makes a change, and changes nothing else. */
  async change(pointed: Pointed, change: Change): Promise<Written> {
    if (change.kind === 'text') return this.retype(pointed, change.retyped)
    await this.#prepare(pointed)
    const chain = pointed.marks.map((mark) => this.#find(mark))
    const first = chain.find((one) => one !== undefined)
    const own = pointed.own ? chain[0] : undefined
    if (pointed.own && !own) return { why: 'stale' }
    const place = first && this.#shown(first, own !== undefined)
    if (change.kind === 'attribute') return own ? this.#describe(own, chain, pointed, change.described) : { why: 'unplaced', ...(place && { place }) }
    if (change.kind === 'order') {
      const span = own ? this.#order(own, pointed, change.ordered) : 'computed'
      return typeof span === 'string' ? { why: span, ...(place && { place }) } : this.#spanEdit(span, place, false)
    }
    const span = restyle(this.#files, own, pointed.marks.map(({ file }) => file), change.restyled)
    return typeof span === 'string' ? { why: span, ...(place && { place }) } : this.#spanEdit(span, place)
  }

  #order({ file, source, outline, element }: Found, { repeated, nth }: Pointed, ordered: Ordered): Rewrite | NotWritten {
    const { list } = element
    if (list === undefined) return orderElements(file, source, outline, element, ordered)
    if (typeof list === 'object') return list.items.length === repeated ? orderItems(file, source, list, nth, ordered) : 'computed'
    const [found, more] = list === '' ? [] : this.#lists(file, source, outline, list).filter((one) => one.list.items.length === repeated)
    if (!found || more) return found ? 'several' : 'computed'
    return orderItems(found.file, found.source, found.list, nth, ordered)
  }

  /** The lists of this name: in the file itself, else in the others. */
  #lists(file: string, source: string, { lists }: Outline, name: string): { file: string; source: string; list: WrittenList }[] {
    const own = lists.filter((list) => list.name === name)
    if (own.length > 0) return own.map((list) => ({ file, source, list }))
    // What is imported as a whole bears the name that it is imported by.
    const whole = new RegExp(`import\\s+${name.replaceAll('$', '\\$')}\\s+from\\s*["'][^"']*?([\\w.-]+)["']`).exec(source)?.[1]
    const named = (path: string): boolean => whole !== undefined && path.slice(path.lastIndexOf('/') + 1).replace(/\.[cm]?[jt]sx?$/, '') === whole.replace(/\.[cm]?[jt]sx?$/, '')
    return [...this.#files.paths()].filter((path) => path !== file && DATA.test(path) && !NO_DATA.test(path)).flatMap((path) => {
      const { source: there, outline } = this.#outline(path) ?? {}
      return (outline?.lists ?? []).filter((list) => list.name === name || (list.name === '' && named(path))).map((list) => ({ file: path, source: there!, list }))
    })
  }

  /** An attribute, where it is written: in the element, in the import that it names, or in data. */
  #describe(own: Found, chain: (Found | undefined)[], { repeated, nth }: Pointed, { name, from, to }: Described): Written {
    const { file, source, element } = own
    const place = this.#shown(own, true)
    const attribute = element.attributes.find((one) => one.name === name)
    const literal = element.given.find((one) => attribute?.value?.start === one.start)
    if (literal) return this.#edit(file, source, literal, to, place)
    if (attribute?.value) return this.#edit(file, source, { ...attribute.value, value: '', spelling: 'attribute"', key: name }, to, place)
    if (!attribute && !element.attributes.some((one) => one.name === `:${name}`)) return this.#spanEdit(inserted(file, source, element, `${name}="${rewritten('', { value: '', spelling: 'attribute"' }, to)}"`), place)
    const imported = attribute && /^\w+=\{\s*(\w+)\s*\}$/.exec(source.slice(attribute.start, attribute.end))?.[1]
    if (imported !== undefined && new RegExp(`import\\s+${imported}\\s+from`).test(source)) return this.#spanEdit({ file, start: attribute!.start + name.length + 1, end: attribute!.end, text: `"${rewritten('', { value: '', spelling: 'attribute"' }, to)}"` }, place)
    return this.#inData(chain.filter((one) => one !== undefined), from, to, nth, repeated, place)
  }

  /** The edit of a span, if the file reads as before but for that; `same`: with the same elements. */
  #spanEdit({ file, start, end, text }: Rewrite, place: SourcePlace | undefined, same = true): Written {
    const source = this.#files.text(file)!
    const next = source.slice(0, start) + text + source.slice(end)
    const after = file.endsWith('.css') ? undefined : outlineOf(file, next, this.#parseSvelte)
    if (!file.endsWith('.css') && (!after || (same && !sameElements(outlineOf(file, source, this.#parseSvelte), after)))) return { why: 'unsafe', ...(place && { place }) }
    return { edit: { path: this.#files.whole(file), start, end, text, source } }
  }

  /** The edit that writes `to` where `from` is written. It changes nothing but that text. */
  async retype(pointed: Pointed, { from, to, nth, same }: Retyped): Promise<Written> {
    await this.#prepare(pointed)
    const chain = pointed.marks.flatMap((mark) => this.#find(mark) ?? [])
    const [first] = chain
    if (!first) return { why: pointed.marks.length === 0 ? 'unplaced' : 'stale' }
    const place = this.#shown(first, pointed.own)
    for (const [index, found] of chain.entries()) {
      const { texts, given } = found.element
      const own = index === 0 && pointed.own
      const hits = (own ? texts : [...texts, ...given]).filter((literal) => same_(literal.value, from))
      if (hits.length > 1) return { why: 'several', place }
      if (hits[0]) return this.#edit(found.file, found.source, hits[0], to, place)
    }
    const part = pointed.own ? partOf(first.element, plain(from), plain(to)) : undefined
    if (part) return this.#edit(first.file, first.source, part.literal, part.to, place)
    return this.#inData(chain, from, to, nth, same, place)
  }

  async #prepare(pointed: Pointed): Promise<void> {
    if (!this.#parseSvelte && pointed.marks.some(({ file }) => file.endsWith('.svelte'))) this.#parseSvelte = await this.#svelte()
  }

  #outline(path: string): { source: string; outline: Outline | undefined } | undefined {
    const source = this.#files.text(path)
    if (source === undefined) return undefined
    let known = this.#outlines.get(path)
    if (known?.source !== source) {
      known = { source, outline: outlineOf(path, source, this.#parseSvelte) }
      this.#outlines.set(path, known)
    }
    return known
  }

  #find(mark: PlaceMark): Found | undefined {
    const { source, outline } = this.#outline(mark.file) ?? {}
    if (source === undefined || !outline) return undefined
    const element = elementOf(mark, source, outline)
    return element && { file: mark.file, source, element, outline }
  }

  #shown({ file, source, element }: Found, exact: boolean): SourcePlace {
    const { start, end, component, name, listed } = element
    const { line, column } = position(source, start)
    return {
      path: this.#files.whole(file), start, end, line, column, endLine: position(source, end).line, component, tag: name, listed, exact,
      text: source.slice(start, end).slice(0, MOST_TEXT),
    }
  }

  /** The text comes from data: a list written out in a file, or a file of texts. */
  #inData(chain: Found[], from: string, to: string, nth: number, same: number, place: SourcePlace): Written {
    const keys = new Set(chain.flatMap(({ element }) => [...element.keys, ...element.given.map(({ key }) => key)]))
    const hits: { file: string; source: string; literal: Literal }[] = []
    for (const file of this.#files.paths()) {
      if (!DATA.test(file) || NO_DATA.test(file)) continue
      const { source, outline } = this.#outline(file) ?? {}
      for (const literal of outline?.strings ?? []) if (same_(literal.value, from)) hits.push({ file, source: source!, literal })
    }
    const named = hits.filter(({ literal }) => keys.has(literal.key))
    const likely = named.length > 0 ? named : hits
    const hit = likely.length === 1 ? likely[0] : likely.length === same ? likely[nth] : undefined
    if (hit) return this.#edit(hit.file, hit.source, hit.literal, to, place)
    return { why: hits.length > 0 ? 'several' : 'computed', place }
  }

  /** The edit, if what is read afterwards is what was meant and all else as it was. */
  #edit(file: string, source: string, literal: Literal, to: string, place: SourcePlace): Written {
    const refused = (why: NotWritten): Written => ({ why, place })
    const text = rewritten(source.slice(literal.start, literal.end), literal, to)
    const next = source.slice(0, literal.start) + text + source.slice(literal.end)
    const before = outlineOf(file, source, this.#parseSvelte)
    const after = outlineOf(file, next, this.#parseSvelte)
    if (!before || !after || after.elements.length !== before.elements.length) return refused('unsafe')
    const read = [...after.strings, ...after.elements.flatMap(({ texts, given }) => [...texts, ...given])].find(({ start }) => start === literal.start)
    if (to.trim() !== '' && (read === undefined || !same_(read.value, to) || read.end !== literal.start + text.length)) return refused('unsafe')
    return { edit: { path: this.#files.whole(file), start: literal.start, end: literal.end, text, source } }
  }
}

/** Space that a page would show as one. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim()
const same_ = (one: string, other: string): boolean => plain(one) === plain(other)

/**
 * The one written text of several that make up `from`, with what is computed between them, in which all of the change
 * lies, and what it becomes.
 */
function partOf({ texts }: Element_, from: string, to: string): { literal: Literal; to: string } | undefined {
  let same = 0
  while (same < from.length && same < to.length && from[same] === to[same]) same++
  let end = from.length
  for (let there = to.length; end > same && there > same && from[end - 1] === to[there - 1]; there--) end--
  let at = 0
  for (const literal of texts) {
    const words = plain(literal.value)
    const start = from.indexOf(words, at)
    if (words === '' || start === -1) continue
    at = start + words.length
    if (same >= start && end <= at) return { literal, to: to.slice(start, to.length - (from.length - at)) }
  }
  return undefined
}

/** The same elements in the same order, with the same texts. */
function sameElements(before: Outline | undefined, after: Outline): boolean {
  const told = ({ elements }: Outline): string => JSON.stringify(elements.map(({ name, texts }) => [name, texts.map(({ value }) => value)]))
  return before !== undefined && told(before) === told(after)
}

function elementOf({ hash: of, n, at, line, column }: PlaceMark, source: string, outline: Outline): Element_ | undefined {
  if (n !== undefined) return of === hash(source) ? outline.numbered[n] : undefined
  if (at !== undefined) {
    const { template } = outline
    if (of !== (template ? template.hash : hash(source))) return undefined
    return startingAt(outline, at + (template?.start ?? 0))
  }
  if (line === undefined || column === undefined) return undefined
  let start = 0
  for (let n = 1; n < line; n++) {
    start = source.indexOf('\n', start) + 1
    if (start === 0) return undefined
  }
  return startingAt(outline, start + column)
}

const startingAt = (outline: Outline, offset: number): Element_ | undefined => outline.elements.find(({ start }) => start === offset)
