// Seeded regressions of TypeScript sources: reads {path: text} from the standard input and writes, one JSON object a line,
// {path, text, what}. Each is one change of meaning at a place that @babel/parser found.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const require = createRequire(new URL('../preview_runtime/browser/package.json', import.meta.url))
const { parse } = require('@babel/parser')

const OTHER = { '===': '!==', '!==': '===', '<': '>=', '>': '<=', '<=': '>', '>=': '<', '+': '-', '-': '+', '*': '+', '&&': '||', '||': '&&' }

/** What could be changed at a node: [start, end, replacement, what it is]. */
function* changes(node, parent, source) {
  const of = ({ start, end }) => source.slice(start, end)
  if ((node.type === 'BinaryExpression' || node.type === 'LogicalExpression') && OTHER[node.operator]) {
    const at = source.indexOf(node.operator, node.left.end)
    yield [at, at + node.operator.length, OTHER[node.operator], 'operator']
  }
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') yield [node.test.start, node.test.end, `!(${of(node.test)})`, 'condition']
  if (node.type === 'ExpressionStatement' && node.expression.type === 'CallExpression' && parent.type === 'BlockStatement') yield [node.start, node.end, ';', 'call left out']
  if (node.type === 'JSXAttribute' && /^on[A-Z]/.test(node.name.name ?? '')) yield [node.start, node.end, '', 'handler left out']
  if (node.type === 'CallExpression' && ['filter', 'find', 'some', 'every'].includes(node.callee.property?.name) && node.arguments[0]?.body && node.arguments[0].body.type !== 'BlockStatement') {
    const { body } = node.arguments[0]
    yield [body.start, body.end, `!(${of(body)})`, 'choice turned round']
  }
}

function* nodes(node, parent) {
  yield [node, parent]
  for (const [name, value] of Object.entries(node)) {
    if (name === 'loc' || name.endsWith('omments')) continue
    for (const child of Array.isArray(value) ? value : [value]) if (child && typeof child.type === 'string') yield* nodes(child, node)
  }
}

for (const [path, source] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript', 'jsx'] })
  for (const [node, parent] of nodes(program, program)) {
    for (const [start, end, replacement, what] of changes(node, parent, source)) {
      const line = source.slice(0, start).split('\n').length
      console.log(JSON.stringify({ path, text: source.slice(0, start) + replacement + source.slice(end), what: `${what} in ${path}:${line}: ${source.slice(start, end).slice(0, 60).replace(/\s+/g, ' ')} → ${replacement.slice(0, 20)}` }))
    }
  }
}
