import { declaredNames, importedNames, isRead } from '../text/names.ts'
import { walk } from '../text/walk.ts'
import type { AnyNode, Program } from 'acorn'
import type { Edit } from '../files/edits.ts'

/**
 * Puts the constants of `define` in place of their names, as Vite does: whole names and chains such as
 * `process.env.TOKEN`, never keys, texts, or names that the module declares itself.
 */
export function constants(code: string, program: Program, define: Record<string, string>): Edit[] {
  const names = Object.keys(define).filter((name) => code.includes(name.split('.').at(-1)!))
  if (names.length === 0) return []
  const declared = new Set([...declaredNames(program), ...importedNames(program)])
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
