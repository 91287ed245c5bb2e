import { walk } from '../text/syntax.ts'
import type { AnyNode, Program } from 'acorn'
import type { Edit } from '../files/edits.ts'

const BINDS = new Set(['ImportSpecifier', 'ImportDefaultSpecifier', 'ImportNamespaceSpecifier', 'VariableDeclarator', 'FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ClassDeclaration', 'CatchClause'])

/**
 * Puts the constants of `define` in place of their names, as Vite does: whole names and chains such as
 * `process.env.TOKEN`, never keys, texts, or names that the module declares itself.
 */
export function constants(code: string, program: Program, define: Record<string, string>): Edit[] {
  const names = Object.keys(define).filter((name) => code.includes(name.split('.').at(-1)!))
  if (names.length === 0) return []
  const declared = new Set<string>()
  walk(program, (node) => { if (BINDS.has(node.type)) bound(node, declared) })
  const edits: Edit[] = []
  walk(program, (node, parent) => {
    if (node.type !== 'Identifier' && node.type !== 'MemberExpression') return undefined
    const name = chain(node)
    if (name === undefined || !names.includes(name) || declared.has(name.split('.')[0]!) || !isRead(node, parent)) return undefined
    const text = `(${define[name]!})`
    const short = parent?.type === 'Property' && parent.shorthand
    edits.push({ start: node.start, end: node.end, text: short ? `${name}:${text}` : text })
    return false
  })
  // A shorthand property is its own key and value: both have the same place.
  return edits.filter((edit, i) => edits.findIndex((one) => one.start === edit.start) === i)
}

function chain(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined
  const before = chain(node.object)
  return before === undefined ? undefined : `${before}.${node.property.name}`
}

function isRead(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression': return parent.object === node || parent.computed
    case 'Property': return parent.value === node || parent.computed
    case 'PropertyDefinition': case 'MethodDefinition': return parent.value === node || parent.computed
    case 'AssignmentExpression': return parent.right === node
    case 'UpdateExpression': case 'ExportSpecifier': case 'ImportSpecifier': case 'LabeledStatement': case 'BreakStatement': case 'ContinueStatement': case 'MetaProperty': return false
    default: return true
  }
}

function bound(node: AnyNode, out: Set<string>): void {
  const targets: (AnyNode | null | undefined)[] = node.type.startsWith('Import') ? [(node as { local?: AnyNode }).local]
    : node.type === 'CatchClause' ? [node.param]
      : node.type === 'VariableDeclarator' ? [node.id]
        : [(node as { id?: AnyNode | null }).id, ...((node as { params?: AnyNode[] }).params ?? [])]
  for (const target of targets) if (target) pattern(target, out)
}

function pattern(node: AnyNode, out: Set<string>): void {
  if (node.type === 'Identifier') out.add(node.name)
  else if (node.type === 'ObjectPattern') for (const one of node.properties) pattern(one.type === 'Property' ? one.value : one.argument, out)
  else if (node.type === 'ArrayPattern') { for (const one of node.elements) if (one) pattern(one, out) } else if (node.type === 'AssignmentPattern') pattern(node.left, out)
  else if (node.type === 'RestElement') pattern(node.argument, out)
}
