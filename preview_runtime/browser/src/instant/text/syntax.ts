import { Parser } from 'acorn'
import { bindingNames } from './names.ts'
import { walk } from './walk.ts'
import type { AnyNode, CallExpression, Literal, Program, TemplateLiteral } from 'acorn'

/**
 * The imports, the exports and the uses of `import.meta` of one parsed module.
 *
 * One acorn parse serves the syntax check, the imports and React Fast Refresh; a separate lexer for the imports
 * would have to be loaded first and would look at every file a second time.
 */
export interface Syntax {
  program: Program
  imports: ImportSite[]
  globs: GlobSite[]
  workers: WorkerSite[]
  metaUrls: { start: number; end: number }[]
  /** Exported names; `stars` lists the specifiers of `export * from`. */
  exports: string[]
  stars: string[]
  usesEnv: boolean
  usesHot: boolean
  /** `'self'`, or the specifiers given to `import.meta.hot.accept`. */
  accepts: { self: boolean; dependencies: LiteralSite[] }
}

export interface LiteralSite { specifier: string; start: number; end: number }

export interface ImportSite extends LiteralSite {
  dynamic: boolean
  /** Named bindings that must exist; absent for `import * as`, side effects and `import()`. */
  names: string[]
  /** `import(`./x/${name}.js`)`: `specifier` is the pattern, `expression` the template. */
  pattern?: boolean
}

export interface GlobSite { start: number; end: number; patterns: string[]; eager: boolean; name: string | null; query: string; base?: string }

/** `new URL('./x', import.meta.url)`: the literal, which may lead to a script that runs as a worker. */
export type WorkerSite = LiteralSite

/** Throws acorn's SyntaxError, which carries `loc` {line from 1, column from 0}. */
export function readSyntax(code: string): Syntax {
  const program = Parser.parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true, allowAwaitOutsideFunction: true })
  const syntax: Syntax = { program, imports: [], globs: [], workers: [], metaUrls: [], exports: [], stars: [], usesEnv: false, usesHot: false, accepts: { self: false, dependencies: [] } }
  for (const statement of program.body) readStatement(statement, syntax)
  if (code.includes('import.meta') || /\bimport\s*\(/.test(code)) walk(program, (node, parent) => readMeta(node, parent, syntax))
  return syntax
}

function literal(node: Literal, dynamic: boolean, names: string[] = []): ImportSite {
  return { specifier: String(node.value), start: node.start, end: node.end, dynamic, names }
}

export function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : ''
}

function readStatement(node: Program['body'][number], syntax: Syntax): void {
  if (node.type === 'ImportDeclaration') {
    const names = node.specifiers.flatMap((s) => (s.type === 'ImportSpecifier' ? [nameOf(s.imported)] : s.type === 'ImportDefaultSpecifier' ? ['default'] : []))
    syntax.imports.push(literal(node.source, false, names))
  } else if (node.type === 'ExportAllDeclaration') {
    syntax.imports.push(literal(node.source, false))
    if (node.exported) syntax.exports.push(nameOf(node.exported))
    else syntax.stars.push(String(node.source.value))
  } else if (node.type === 'ExportNamedDeclaration') {
    if (node.source) syntax.imports.push(literal(node.source, false, node.specifiers.map((s) => nameOf(s.local))))
    for (const s of node.specifiers) syntax.exports.push(nameOf(s.exported))
    const declared = node.declaration
    if (declared?.type === 'VariableDeclaration') for (const d of declared.declarations) bindingNames(d.id, syntax.exports)
    else if (declared?.id) syntax.exports.push(declared.id.name)
  } else if (node.type === 'ExportDefaultDeclaration') syntax.exports.push('default')
}

/** `name` for a node `import.meta.name`. */
function metaProperty(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'MetaProperty') return undefined
  return node.property.type === 'Identifier' ? node.property.name : undefined
}

function readMeta(node: AnyNode, parent: AnyNode | undefined, syntax: Syntax): void {
  if (node.type === 'ImportExpression') {
    if (node.source.type === 'Literal') syntax.imports.push(literal(node.source, true))
    else if (node.source.type === 'TemplateLiteral') syntax.imports.push(template(node.source))
    return
  }
  if (node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === 'URL') {
    const [target, base] = node.arguments
    if (target?.type === 'Literal' && typeof target.value === 'string' && base && metaProperty(base) === 'url') {
      syntax.workers.push({ specifier: target.value, start: target.start, end: target.end })
    }
    return
  }
  if (node.type === 'CallExpression') { readMetaCall(node, syntax); return }
  const name = metaProperty(node)
  if (name === 'env') syntax.usesEnv = true
  else if (name === 'hot') syntax.usesHot = true
  else if (name === 'url' && parent?.type !== 'AssignmentExpression') syntax.metaUrls.push({ start: node.start, end: node.end })
}

function readMetaCall(node: CallExpression, syntax: Syntax): void {
  const callee = node.callee
  if (metaProperty(callee) === 'glob') {
    const glob = readGlob(node)
    if (glob) syntax.globs.push(glob)
  } else if (callee.type === 'MemberExpression' && !callee.computed && metaProperty(callee.object) === 'hot' && callee.property.type === 'Identifier') {
    if (callee.property.name !== 'accept') return
    const first = node.arguments[0]
    if (first?.type === 'Literal' && typeof first.value === 'string') syntax.accepts.dependencies.push(literal(first, false))
    else if (first?.type === 'ArrayExpression') {
      for (const item of first.elements) if (item?.type === 'Literal') syntax.accepts.dependencies.push(literal(item, false))
    } else syntax.accepts.self = true
  }
}

function template(node: TemplateLiteral): ImportSite {
  const parts = node.quasis.map((quasi) => quasi.value.cooked ?? '')
  return { specifier: parts.join('*'), start: node.start, end: node.end, dynamic: true, names: [], pattern: parts.length > 1 }
}

function readGlob(node: CallExpression): GlobSite | undefined {
  const [first, second] = node.arguments
  const patterns = first?.type === 'Literal' ? [String(first.value)]
    : first?.type === 'ArrayExpression' ? first.elements.flatMap((e) => (e?.type === 'Literal' ? [String(e.value)] : []))
      : first?.type === 'TemplateLiteral' && first.quasis.length === 1 ? [first.quasis[0]!.value.cooked ?? ''] : []
  if (patterns.length === 0) return undefined
  const options: Record<string, unknown> = {}
  if (second?.type === 'ObjectExpression') {
    for (const p of second.properties) if (p.type === 'Property' && p.value.type === 'Literal') options[nameOf(p.key)] = p.value.value
  }
  const query = typeof options.query === 'string' ? options.query.replace(/^\?/, '') : typeof options.as === 'string' ? options.as : ''
  return { start: node.start, end: node.end, patterns, eager: options.eager === true, name: typeof options.import === 'string' ? options.import : null, query, ...(typeof options.base === 'string' ? { base: options.base } : {}) }
}
