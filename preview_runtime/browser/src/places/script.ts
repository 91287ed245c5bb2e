import { parse } from '@babel/parser'
import { attributeOf } from './attributes.ts'
import { attributeName, isNode, nameOf } from './nodes.ts'
import { decoded } from './markup.ts'
import { listOf, listedBy, nameOfList } from './lists.ts'
import type { Element_, Literal, Outline, Spelling, WrittenList } from './literal.ts'
import type { Node } from './nodes.ts'

/** Where a walk is: the element and the property around it, the component, whether an entry of a list is made. */
interface Around { element: Element_ | undefined; key: string; component: string; listed: boolean; given: boolean; svelte: boolean; list?: string | WrittenList }

const LISTS = new Set(['map', 'flatMap', 'from'])
const ELEMENTS = new Set(['JSXElement', 'JSXFragment', 'RegularElement', 'Component', 'SvelteElement', 'SvelteComponent', 'SlotElement', 'SvelteFragment', 'TitleElement'])
/** What no person reads, or what leads back. */
const SKIPPED = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'comments', 'tokens', 'errors', 'metadata', 'name_loc', 'css', 'parent', 'typeAnnotation', 'typeParameters', 'typeArguments', 'returnType', 'closingElement'])

/** A script, or JSON as an expression; `offset`: where it begins in its file. */
export function outlineScript(source: string, offset: number, file: string, outline: Outline, ext: string): void {
  const typed = /^\.[cm]?ts/.test(ext)
  const tree = parse(source, { sourceType: 'module', errorRecovery: true, allowReturnOutsideFunction: true, plugins: [...(ext === '.ts' || ext === '.mts' ? [] : ['jsx' as const]), ...(typed ? ['typescript' as const] : []), 'decorators'] })
  if (ext === '.json' && (tree.errors?.length ?? 0) > 0) return
  new Walk(source, offset, outline, ext === '.json').visit(tree.program as unknown as Node, { element: undefined, key: '', component: file, listed: false, given: false, svelte: false })
}

/** A tree of Svelte's compiler. */
export function outlineTree(tree: object, source: string, file: string, outline: Outline): void {
  new Walk(source, 0, outline, false).visit(tree as Node, { element: undefined, key: '', component: file, listed: false, given: false, svelte: true })
}

class Walk {
  readonly #source: string
  readonly #offset: number
  readonly #outline: Outline
  readonly #json: boolean

  constructor(source: string, offset: number, outline: Outline, json: boolean) {
    this.#source = source
    this.#offset = offset
    this.#outline = outline
    this.#json = json
  }

  visit(node: Node, around: Around): void {
    if (ELEMENTS.has(node.type)) { this.#element(node, around); return }
    const list = listOf(node)
    if (list) this.#outline.lists.push(this.#moved(list))
    switch (node.type) {
      case 'JSXText': this.#jsxText(node, around); return
      case 'Text': this.#text(node, around); return
      case 'StringLiteral': this.#string(node, String(node.value), around); return
      case 'Literal': if (typeof node.value === 'string') this.#string(node, node.value, around); return
      case 'TemplateLiteral': if ((node.expressions as unknown[]).length === 0) { this.#template(node, around); return } break
      case 'ImportDeclaration': case 'ExportAllDeclaration': case 'TSTypeAliasDeclaration': case 'TSInterfaceDeclaration': case 'Directive': return
      case 'Identifier': around.element?.keys.push(String(node.name)); return
      default:
    }
    this.#children(node, this.#inside(node, around))
  }

  #children(node: Node, around: Around): void {
    for (const [key, value] of Object.entries(node)) {
      if (SKIPPED.has(key)) continue
      // The name of a property is no text.
      if (key === 'key' && node.computed !== true && /Property|Method/.test(node.type)) continue
      for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) this.visit(one, around)
    }
  }

  #inside(node: Node, around: Around): Around {
    switch (node.type) {
      case 'FunctionDeclaration': case 'ClassDeclaration': return this.#component(nameOf(node.id), around)
      case 'VariableDeclarator': return { ...this.#component(isNode(node.init) && /Function|CallExpression/.test(node.init.type) ? nameOf(node.id) : '', around), key: nameOf(node.id) }
      case 'ObjectProperty': case 'Property': return { ...around, key: nameOf(node.key) }
      case 'CallExpression': return LISTS.has(nameOf((node.callee as Node & { property?: unknown }).property)) ? { ...around, listed: true, ...this.#list((node.callee as Node).object) } : around
      case 'EachBlock': return { ...around, listed: true, ...this.#list(node.expression) }
      case 'JSXAttribute': case 'Attribute': return { ...around, given: true, key: attributeName(node) }
      case 'ConditionalExpression': case 'ArrayExpression': case 'LogicalExpression': case 'ObjectExpression': return around
      default: return around
    }
  }

  /** The list that is gone through. */
  #list(node: unknown): { list: string | WrittenList } {
    const list = listedBy(node)
    return { list: typeof list === 'object' ? this.#moved(list) : list ?? nameOfList(node) }
  }

  #moved = ({ name, items }: WrittenList): WrittenList => ({ name, items: items.map(({ start, end }) => ({ start: start + this.#offset, end: end + this.#offset })) })

  #component = (name: string, around: Around): Around => (/^[A-Z]/.test(name) ? { ...around, component: name } : around)

  #element(node: Node, around: Around): void {
    const opening = (node.openingElement ?? node.openingFragment) as Node | undefined
    const name = opening ? this.#jsxName(opening) : String(node.name ?? '')
    const attributes = (opening?.attributes ?? node.attributes ?? []) as Node[]
    const openEnd = opening?.end ?? this.#openEnd(node, name, attributes)
    const element: Element_ = { name, start: node.start + this.#offset, nameEnd: node.start + 1 + name.length + this.#offset, openEnd: openEnd + this.#offset, end: node.end + this.#offset, component: around.component, listed: around.listed, attributes: attributes.flatMap((one) => attributeOf(this.#source, one, this.#offset)), texts: [], given: [], keys: [] }
    const spread = attributes.findIndex(({ type }) => type === 'JSXSpreadAttribute')
    if (spread !== -1 && attributes.slice(spread).some((one) => one.type === 'JSXAttribute' && attributeName(one) === 'key')) element.keyLast = true
    this.#outline.elements.push(element)
    if (around.list !== undefined) element.list = around.list
    const inside: Around = { ...around, element, key: '', given: false }
    delete inside.list
    for (const attribute of attributes) this.visit(attribute, inside)
    for (const child of (node.children ?? [node.fragment]) as unknown[]) if (isNode(child)) this.#child(child, inside)
    if (isNode(node.expression) || isNode(node.tag)) this.visit((node.expression ?? node.tag) as Node, { ...inside, given: true })
  }

  /** A child of an element; Svelte keeps them in a fragment. */
  #child(node: Node, around: Around): void {
    if (node.type === 'Fragment') {
      for (const one of node.nodes as Node[]) this.#child(one, around)
      return
    }
    const at = this.#outline.elements.length
    this.visit(node, around)
    const element = this.#outline.elements[at]
    if (element && ELEMENTS.has(node.type)) element.direct = true
  }

  #jsxName(opening: Node): string {
    const name = opening.name as Node | undefined
    return name ? this.#source.slice(name.start, name.end) : ''
  }

  #openEnd(node: Node, name: string, attributes: Node[]): number {
    const from = attributes.at(-1)?.end ?? node.start + 1 + name.length
    return this.#source.indexOf('>', from) + 1
  }

  #add({ start, end, ...rest }: Literal, around: Around): void {
    const literal = { ...rest, start: start + this.#offset, end: end + this.#offset }
    if (!around.element) this.#outline.strings.push(literal)
    else if (around.given) around.element.given.push(literal)
    else around.element.texts.push(literal)
  }

  #jsxText(node: Node, around: Around): void {
    const raw = this.#source.slice(node.start, node.end)
    const core = raw.trim()
    const start = node.start + raw.indexOf(core)
    const value = decoded(core)
    if (core !== '' && value !== undefined) this.#add({ start, end: start + core.length, value, spelling: 'jsx', key: '' }, around)
  }

  #text(node: Node, around: Around): void {
    const raw = this.#source.slice(node.start, node.end)
    const core = around.given ? raw : raw.trim()
    const value = decoded(core)
    if (core === '' || value === undefined) return
    const start = node.start + raw.indexOf(core)
    const quote = this.#source[node.start - 1]
    const spelling: Spelling | undefined = !around.given ? 'svelte' : quote === '"' || quote === "'" ? `attribute${quote}` : undefined
    if (spelling) this.#add({ start, end: start + core.length, value, spelling, key: around.key }, around)
  }

  #string(node: Node, value: string, around: Around): void {
    const quote = this.#source[node.start] as '"' | "'"
    const attribute = around.given && around.element && !around.svelte && this.#source[node.start - 1] === '='
    this.#add({ start: node.start + 1, end: node.end - 1, value, spelling: attribute ? `attribute${quote}` : this.#json ? 'json' : quote, key: around.key }, around)
  }

  #template(node: Node, around: Around): void {
    const cooked = ((node.quasis as { value: { cooked?: string | null } }[])[0]?.value.cooked) ?? undefined
    if (cooked !== undefined) this.#add({ start: node.start + 1, end: node.end - 1, value: cooked, spelling: '`', key: around.key }, around)
  }
}
