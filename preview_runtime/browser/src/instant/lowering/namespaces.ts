import type { Node, Statement, TSModuleDeclaration } from '@babel/types'
import type { Edit } from '../files/edits.ts'

const TYPES = new Set(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'TSDeclareFunction', 'EmptyStatement'])

/** `namespace` with values as a function that fills an object, as tsc writes it. */
export function namespaces(program: Node, source: string): Edit[] {
  return program.type === 'Program' ? within(program.body, undefined, source) : []
}

/** The namespaces of a list of statements; `outer` is the namespace that holds it. */
function within(body: Statement[], outer: string | undefined, source: string): Edit[] {
  const edits: Edit[] = []
  const declared = new Set(body.flatMap((one) => (one.type === 'TSModuleDeclaration' ? [] : names(bare(one)))))
  for (const statement of body) {
    const node = bare(statement)
    const isExported = node !== statement
    if (node.type === 'TSModuleDeclaration') {
      if (node.declare || node.id.type !== 'Identifier' || !hasValues(node)) continue
      edits.push(...lowered(node, statement.start!, isExported, outer, declared, source))
      declared.add(node.id.name)
    } else if (outer !== undefined && isExported) {
      edits.push({ start: statement.start!, end: node.start!, text: '' })
      const own = TYPES.has(node.type) || ('declare' in node && node.declare) ? [] : names(node)
      if (own.length > 0) edits.push({ start: statement.end!, end: statement.end!, text: ';' + own.map((name) => `${outer}.${name}=${name};`).join('') })
    }
  }
  return edits
}

function lowered(node: TSModuleDeclaration, start: number, isExported: boolean, outer: string | undefined, declared: Set<string>, source: string): Edit[] {
  if (node.id.type !== 'Identifier') return []
  const name = node.id.name
  const block = node.body
  const word = outer === undefined && isExported ? 'export var' : 'var'
  const head = `${declared.has(name) ? '' : `${word} ${name};`}(function(${name}){`
  const made = outer !== undefined && isExported ? `${name}=${outer}.${name}||(${outer}.${name}={})` : `${name}||(${name}={})`
  if (block.type === 'TSModuleDeclaration') {
    // `namespace A.B`: the inner one is exported.
    return [{ start, end: block.start!, text: ';' + head }, ...lowered(block, block.start!, true, name, new Set(), source), { start: node.end!, end: node.end!, text: `})(${made});` }]
  }
  return [
    { start, end: block.start! + 1, text: ';' + head + source.slice(start, block.start!).replace(/[^\n]/g, '') },
    ...within((block as { body: Statement[] }).body, name, source),
    { start: block.end! - 1, end: block.end!, text: `})(${made});` },
  ]
}

/** What an `export` declares, or the statement itself. */
function bare(statement: Statement): Statement {
  return statement.type === 'ExportNamedDeclaration' && statement.declaration ? statement.declaration : statement
}

function hasValues(node: TSModuleDeclaration): boolean {
  if (node.body.type === 'TSModuleDeclaration') return hasValues(node.body)
  return (node.body as { body: Statement[] }).body.some((one) => {
    const inner = bare(one)
    return inner.type === 'TSModuleDeclaration' ? !inner.declare && hasValues(inner) : !TYPES.has(inner.type) && !('declare' in inner && inner.declare)
  })
}

function names(node: Node): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap((one) => bound(one.id))
  if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration' || node.type === 'TSEnumDeclaration') && node.id) return [node.id.name]
  return []
}

function bound(node: Node): string[] {
  switch (node.type) {
    case 'Identifier': return [node.name]
    case 'ObjectPattern': return node.properties.flatMap((one) => bound(one.type === 'ObjectProperty' ? one.value : one.argument))
    case 'ArrayPattern': return node.elements.flatMap((one) => (one ? bound(one) : []))
    case 'AssignmentPattern': return bound(node.left)
    case 'RestElement': return bound(node.argument)
    default: return []
  }
}
