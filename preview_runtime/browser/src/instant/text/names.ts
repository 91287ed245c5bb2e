import { walk } from './walk.ts'
import type { AnyNode, Program } from 'acorn'

const DECLARES = new Set(['VariableDeclarator', 'FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ClassDeclaration', 'ClassExpression', 'CatchClause'])
const IMPORTS = new Set(['ImportSpecifier', 'ImportDefaultSpecifier', 'ImportNamespaceSpecifier'])

/** The names that a module declares anywhere in it, those of its imports apart. */
export function declaredNames(program: Program): Set<string> {
  const names: string[] = []
  walk(program, (node) => { if (DECLARES.has(node.type)) for (const target of targets(node)) bindingNames(target, names) })
  return new Set(names)
}

/** The local names of a module's imports. */
export function importedNames(program: Program): Set<string> {
  const names: string[] = []
  walk(program, (node) => { if (IMPORTS.has(node.type)) bindingNames((node as unknown as { local: AnyNode }).local, names) })
  return new Set(names)
}

function targets(node: AnyNode): AnyNode[] {
  if (node.type === 'CatchClause') return node.param ? [node.param] : []
  const { id, params } = node as { id?: AnyNode | null; params?: AnyNode[] }
  return [...(id ? [id] : []), ...(params ?? [])]
}

/** The names that a pattern binds, added to `out`. */
export function bindingNames(node: AnyNode, out: string[]): void {
  if (node.type === 'Identifier') out.push(node.name)
  else if (node.type === 'ObjectPattern') for (const p of node.properties) bindingNames(p.type === 'Property' ? p.value : p.argument, out)
  else if (node.type === 'ArrayPattern') for (const e of node.elements) { if (e) bindingNames(e, out) }
  else if (node.type === 'AssignmentPattern') bindingNames(node.left, out)
  else if (node.type === 'RestElement') bindingNames(node.argument, out)
}

/** Whether a name stands for its value there: neither a key nor a label nor what is assigned to. */
export function isRead(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression': return parent.object === node || parent.computed
    case 'Property': return parent.value === node || parent.computed
    case 'PropertyDefinition': case 'MethodDefinition': return parent.value === node || parent.computed
    case 'AssignmentExpression': return parent.right === node
    case 'UpdateExpression': case 'ExportSpecifier': case 'ImportSpecifier': case 'LabeledStatement': case 'BreakStatement': case 'ContinueStatement': case 'MetaProperty': return false
    default: return true
  }
}
