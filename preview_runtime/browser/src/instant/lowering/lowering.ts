import { parse } from '@babel/parser'
import { applyEdits } from '../files/edits.ts'
import { decorators, HELPERS } from './decorators.ts'
import { fields } from './fields.ts'
import { namespaces } from './namespaces.ts'
import type { ClassNode } from './class-node.ts'
import type { Node } from '@babel/types'
import type { Edit } from '../files/edits.ts'

/** What TypeScript's own compiler does besides taking types away. */
export interface LoweringInput { path: string; source: string; decorators: boolean; assignsFields: boolean }

/**
 * TypeScript without decorators, namespaces and (`assignsFields`) defined fields, as tsc with the same options would run
 * it; types stay, and so do lines. Text that cannot be parsed is returned as it is: its mistake is told by what reads it
 * next.
 */
export async function lower({ path, source, decorators: decorated, assignsFields }: LoweringInput): Promise<string> {
  let program: Node
  try {
    program = parse(source, { sourceType: 'module', plugins: ['typescript', 'decorators-legacy', ...(path.endsWith('x') ? ['jsx' as const] : [])] }).program
  } catch { return source }
  const edits: Edit[] = namespaces(program, source)
  let helped = false
  for (const found of classes(program)) {
    const own = decorated ? decorators(found.node, found.parent, source) : []
    helped ||= own.length > 0
    edits.push(...own, ...(assignsFields ? fields(found.node, source) : []))
  }
  return (helped ? HELPERS : '') + applyEdits(source, edits)
}

/** Every class, inner ones first. */
function classes(root: Node): { node: ClassNode; parent: Node }[] {
  const out: { node: ClassNode; parent: Node }[] = []
  visit(root, root, (node, parent) => { if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') out.push({ node, parent }) })
  return out
}

/** Visits every node, what is inside first. */
export function visit(node: Node, parent: Node, see: (node: Node, parent: Node) => void): void {
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    if (key === 'loc' || key.endsWith('Comments') || key === 'extra') continue
    if (Array.isArray(value)) { for (const one of value) if (isNode(one)) visit(one, node, see) } else if (isNode(value)) visit(value, node, see)
  }
  see(node, parent)
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
