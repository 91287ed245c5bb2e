import type { Edit } from '../files/edits.ts'
import type { ClassNode } from './class-node.ts'

/**
 * Fields as assignments (`useDefineForClassFields: false`). Each becomes a private field whose value is the assignment:
 * it runs at the same moment, and nothing else moves. Where the constructor has properties as parameters, which have to
 * be set before, it becomes a private method that the constructor calls.
 */
export function fields(node: ClassNode, source: string): Edit[] {
  const edits: Edit[] = []
  const constructor = node.body.body.find((one) => one.type === 'ClassMethod' && one.kind === 'constructor' && one.body)
  const params = constructor?.type === 'ClassMethod' && constructor.params.some((one) => one.type === 'TSParameterProperty') ? constructor : undefined
  let calls = ''
  let count = 0
  for (const member of node.body.body) {
    if (member.type !== 'ClassProperty' || member.static || member.declare || member.abstract) continue
    const start = member.decorators?.at(-1)?.end ?? member.start!
    if (!member.value) {
      edits.push({ start, end: member.end!, text: source.slice(start, member.end!).replace(/[^\n]/g, '') + ';' })
      continue
    }
    const key = source.slice(member.key.start!, member.key.end!)
    const to = member.computed ? `this[${key}]` : member.key.type === 'Identifier' ? `this.${key}` : `this[${key}]`
    const name = `#$f${count++}`
    const before = source.slice(start, member.value.start!).replace(/[^\n]/g, '')
    if (params) {
      edits.push({ start, end: member.value.start!, text: `${before}${name}(){${to}=` })
      edits.push({ start: member.value.end!, end: member.value.end!, text: '}' })
      calls += `this.${name}();`
    } else edits.push({ start, end: member.value.start!, text: `${before} ${name}=${to}=` })
  }
  if (params && calls !== '') {
    const first = params.body.body.find((one) => one.type === 'ExpressionStatement' && one.expression.type === 'CallExpression' && one.expression.callee.type === 'Super')
    const at = first ? first.end! : params.body.start! + 1
    edits.push({ start: at, end: at, text: `;${calls}` })
  }
  return edits
}
