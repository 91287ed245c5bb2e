import type { AnyNode } from 'acorn'

/** Visits every node, parents first; `visit` returning false leaves out what is below. */
export function walk(node: AnyNode, visit: (node: AnyNode, parent: AnyNode | undefined) => boolean | void, parent?: AnyNode): void {
  if (visit(node, parent) === false) return
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) { for (const item of value) if (isNode(item)) walk(item, visit, node) } else if (isNode(value)) walk(value, visit, node)
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string' && typeof (value as { start?: unknown }).start === 'number'
}
