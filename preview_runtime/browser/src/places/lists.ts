import { isNode, nameOf } from './nodes.ts'
import type { WrittenList } from './literal.ts'
import type { Node } from './nodes.ts'

/** What holds a list so that it can change, and shows what is written again when that changes. */
const HOLDERS = new Set(['ref', 'shallowRef', 'reactive', '$state', '$state.raw'])

/** The list that a declaration, a property or a file of data holds. */
export function listOf(node: Node): WrittenList | undefined {
  if (node.type === 'VariableDeclarator') return itemsOf(node.init, nameOf(node.id))
  if (node.type === 'ObjectProperty' || node.type === 'Property') return itemsOf(node.value, nameOf(node.key))
  if (node.type === 'ExpressionStatement' || node.type === 'ExportDefaultDeclaration') return itemsOf(node.expression ?? node.declaration, '')
  return undefined
}

/** The list itself, where it is written out in the place where it is gone through. */
export const listedBy = (node: unknown): WrittenList | undefined => itemsOf(node, '')

/** The name of a list that is gone through; "" where what is shown was made from it first. */
export function nameOfList(node: unknown): string {
  if (!isNode(node)) return ''
  if (node.type === 'MemberExpression' && node.computed !== true) return nameOf(node.property)
  return node.type === 'Identifier' ? nameOf(node) : ''
}

function itemsOf(value: unknown, name: string): WrittenList | undefined {
  const node = bare(value)
  if (node?.type !== 'ArrayExpression') return undefined
  const elements = node.elements as (Node | null)[]
  // A list that is spread into it has items that are not written here.
  if (elements.some((one) => one === null || one.type === 'SpreadElement')) return undefined
  return { name, items: (elements as Node[]).map(({ start, end }) => ({ start, end })) }
}

function bare(value: unknown): Node | undefined {
  if (!isNode(value)) return undefined
  if (value.type === 'TSAsExpression' || value.type === 'TSSatisfiesExpression' || value.type === 'ParenthesizedExpression') return bare(value.expression)
  if (value.type === 'CallExpression' && isNode(value.callee)) {
    const { callee } = value
    const name = callee.type === 'MemberExpression' ? `${nameOf(callee.object)}.${nameOf(callee.property)}` : nameOf(callee)
    if (HOLDERS.has(name)) return bare((value.arguments as unknown[])[0])
  }
  return value
}
