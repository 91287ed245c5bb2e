/** A node of Babel's tree or of Svelte's, which are alike enough to be walked together. */
export interface Node { type: string; start: number; end: number; [key: string]: unknown }

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

export function nameOf(node: unknown): string {
  if (!isNode(node)) return ''
  return typeof node.name === 'string' ? node.name : typeof node.value === 'string' ? node.value : ''
}

export const attributeName = (node: Node): string => (typeof node.name === 'string' ? node.name : nameOf(node.name))
