import { attributeName, isNode, nameOf } from './nodes.ts'
import type { Attribute_, ObjectEntry } from './literal.ts'
import type { Node } from './nodes.ts'

/** An attribute of JSX or Svelte; undefined for a spread and for directives. */
export function attributeOf(source: string, node: Node, offset: number): Attribute_ | [] {
  if (node.type !== 'JSXAttribute' && node.type !== 'Attribute') return []
  const attribute: Attribute_ = { name: attributeName(node), start: node.start + offset, end: node.end + offset }
  const value = plainValue(source, node.value)
  if (value) return { ...attribute, value: { start: value.start + offset, end: value.end + offset } }
  const object = isNode(node.value) && isNode(node.value.expression) ? node.value.expression : undefined
  if (object?.type !== 'ObjectExpression' || node.type !== 'JSXAttribute') return attribute
  const list = (object.properties as Node[]).map((one) => entryOf(one, offset))
  return { ...attribute, entries: { open: object.start + 1 + offset, close: object.end - 1 + offset, list } }
}

/** Where the text of an attribute stands that is nothing but a text in quotes. */
function plainValue(source: string, value: unknown): { start: number; end: number } | undefined {
  if (Array.isArray(value)) {
    const [text, more] = value as Node[]
    return text?.type === 'Text' && !more && /["']/.test(source[text.start - 1]!) ? text : undefined
  }
  if (!isNode(value)) return undefined
  const inner = isNode(value.expression) ? value.expression : value
  const text = inner.type === 'StringLiteral' || (inner.type === 'TemplateLiteral' && (inner.expressions as unknown[]).length === 0)
  return text ? { start: inner.start + 1, end: inner.end - 1 } : undefined
}

function entryOf(node: Node, offset: number): ObjectEntry {
  const { value } = node
  if (node.type !== 'ObjectProperty' || node.computed === true || !isNode(value)) return { key: '', start: node.start + offset, end: node.end + offset, kind: 'code' }
  const kind = value.type === 'StringLiteral' ? 'string' : value.type === 'NumericLiteral' ? 'number' : 'code'
  return { key: nameOf(node.key), start: value.start + offset, end: value.end + offset, kind }
}
