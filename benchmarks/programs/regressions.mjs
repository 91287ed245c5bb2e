// Seeded regressions of an app's sources: reads {path: text} of TypeScript, Vue and Svelte files from the standard input and
// writes, one JSON object a line, {path, text, what}. Each is one change of meaning, at a place that a parser found.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const require = createRequire(new URL('../../preview_runtime/browser/package.json', import.meta.url))
const { parse } = require('@babel/parser')
const { parse: parseVue } = require('@vue/compiler-sfc')

const OTHER = { '===': '!==', '!==': '===', '<': '>=', '>': '<=', '<=': '>', '>=': '<', '+': '-', '-': '+', '*': '+', '/': '*', '%': '*', '&&': '||', '||': '&&', '+=': '-=', '-=': '+=' }
const CHOOSING = ['filter', 'find', 'findIndex', 'findLast', 'some', 'every']
/** Those of which what they are called on is of the same kind as what they give. */
const PASSING = ['filter', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice', 'trim', 'toLowerCase', 'toUpperCase', 'concat', 'flat', 'toFixed', 'padStart']
/** What a person sees or uses of an element, beside what it looks like. */
const SHOWN = /^(disabled|checked|value|hidden|open|role|href|min|max|step|maxLength|required|autoFocus|placeholder|selected|aria-(?!hidden))/

/** What could be changed at a node: [start, end, replacement, what it is]. `of` gives a node's source. */
function* changes(node, parent, source) {
  const of = ({ start, end }) => source.slice(start, end)
  const name = node.callee?.property?.name
  if (['BinaryExpression', 'LogicalExpression', 'AssignmentExpression'].includes(node.type) && OTHER[node.operator]) {
    const at = source.indexOf(node.operator, node.left.end)
    yield [at, at + node.operator.length, OTHER[node.operator], 'operator']
  }
  if (node.type === 'LogicalExpression' && node.operator === '??') yield [node.start, node.end, of(node.right), 'always the fallback']
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') yield [node.test.start, node.test.end, `!(${of(node.test)})`, 'condition']
  if (node.type === 'ExpressionStatement' && node.expression.type === 'CallExpression' && parent.type === 'BlockStatement') yield [node.start, node.end, ';', 'call left out']
  if (node.type === 'ExpressionStatement' && node.expression.type === 'AssignmentExpression' && parent.type === 'BlockStatement') yield [node.start, node.end, ';', 'assignment left out']
  if (node.type === 'JSXAttribute' && /^on[A-Z]/.test(node.name.name ?? '')) yield [node.start, node.end, '', 'handler left out']
  if (node.type === 'JSXAttribute' && SHOWN.test(node.name.name ?? '')) yield [node.start, node.end, '', 'attribute left out']
  if (node.type === 'JSXExpressionContainer' && parent.type !== 'JSXAttribute' && node.expression.type !== 'JSXEmptyExpression') yield [node.start, node.end, '', 'part of the page left out']
  if (node.type === 'CallExpression' && CHOOSING.includes(name) && node.arguments[0]?.body && node.arguments[0].body.type !== 'BlockStatement') {
    const { body } = node.arguments[0]
    yield [body.start, body.end, `!(${of(body)})`, 'choice turned round']
  }
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && PASSING.includes(name)) yield [node.callee.object.end, node.end, '', 'left as it was']
  if (node.type === 'NumericLiteral' && node.value > 0 && !parent.type.startsWith('JSX')) yield [node.start, node.end, String(node.value + 1), 'one more']
  if (node.type === 'BooleanLiteral') yield [node.start, node.end, String(!node.value), 'the other']
  if (node.type === 'ObjectProperty' && parent.properties.some((one) => one.type === 'SpreadElement')) yield [node.start, node.end, '...{}', 'not changed']
  if (node.type === 'UpdateExpression') yield [node.start, node.end, of(node).replace(node.operator, node.operator === '++' ? '--' : '++'), 'operator']
}

function* nodes(node, parent) {
  if (/^TS(?!AsExpression|NonNullExpression|SatisfiesExpression)/.test(node.type)) return
  yield [node, parent]
  for (const [name, value] of Object.entries(node)) {
    if (name === 'loc' || name.endsWith('omments')) continue
    for (const child of Array.isArray(value) ? value : [value]) if (child && typeof child.type === 'string') yield* nodes(child, node)
  }
}

function parses(code) {
  try { return Boolean(parse(code, { sourceType: 'module', plugins: ['typescript', 'jsx'] })) } catch { return false }
}

/** Of a script, `offset` characters into its file. */
function* inScript(code, offset = 0) {
  const { program } = parse(code, { sourceType: 'module', plugins: ['typescript', 'jsx'] })
  for (const [node, parent] of nodes(program, program)) {
    for (const [start, end, replacement, what] of changes(node, parent, code)) yield [start + offset, end + offset, replacement, what]
  }
}

function* inVue(source) {
  const { descriptor } = parseVue(source)
  for (const script of [descriptor.script, descriptor.scriptSetup]) if (script) yield* inScript(script.content, script.loc.start.offset)
  const elements = [...(descriptor.template?.ast?.children ?? [])]
  for (let element; (element = elements.pop()); elements.push(...(element.children ?? []))) {
    const { type, loc } = element
    if (type === 5) yield [loc.start.offset, loc.end.offset, '', 'part of the page left out']
    for (const { type, name, rawName, exp, loc } of element.props ?? []) {
      const [start, end] = [loc.start.offset, loc.end.offset]
      if (type === 7 && name === 'on') yield [start, end, '', 'handler left out']
      else if (type === 7 && (name === 'if' || name === 'show')) yield [exp.loc.start.offset, exp.loc.end.offset, `!(${exp.loc.source})`, 'condition']
      else if (type === 7 && name === 'model') yield [start, end, '', 'handler left out']
      else if (SHOWN.test((rawName ?? name).replace(/^:/, ''))) yield [start, end, '', 'attribute left out']
    }
  }
}

async function* inSvelte(source) {
  const { parse: parseSvelte } = await import(new URL('../../preview_runtime/browser/node_modules/svelte/src/compiler/index.js', import.meta.url))
  const { instance, module, fragment } = parseSvelte(source, { modern: true })
  for (const script of [module, instance]) if (script) yield* inScript(source.slice(script.content.start, script.content.end), script.content.start)
  for (const [node, parent] of nodes(fragment, fragment)) {
    const { type, start, end, name = '' } = node
    if (type === 'Attribute' && /^on[a-z]/.test(name)) yield [start, end, '', 'handler left out']
    else if (type === 'BindDirective') yield [start, end, '', 'handler left out']
    else if (type === 'Attribute' && SHOWN.test(name)) yield [start, end, '', 'attribute left out']
    else if (type === 'ExpressionTag' && parent.type !== 'Attribute') yield [start, end, '', 'part of the page left out']
    else if (type === 'IfBlock') yield [node.test.start, node.test.end, `!(${source.slice(node.test.start, node.test.end)})`, 'condition']
  }
}

for (const [path, source] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const of = path.endsWith('.vue') ? inVue : path.endsWith('.svelte') ? inSvelte : inScript
  for await (const [start, end, replacement, what] of of(source)) {
    const text = source.slice(0, start) + replacement + source.slice(end)
    // What does not parse is no change of meaning.
    if (of === inScript && !parses(text)) continue
    const before = source.slice(0, start).split('\n')
    const place = `${path}:${before.length}:${before.at(-1).length + 1}`
    console.log(JSON.stringify({ path, text, what: `${what} in ${place}: ${source.slice(start, end).slice(0, 60).replace(/\s+/g, ' ')} → ${replacement.slice(0, 20)}` }))
  }
}
