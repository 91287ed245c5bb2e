import { Parser } from 'acorn'
import { applyEdits } from '../files/edits.ts'
import { bindingNames, declaredNames, importedNames, isRead } from '../text/names.ts'
import { nameOf } from '../text/syntax.ts'
import { walk } from '../text/walk.ts'
import type { AnyNode, ExportDefaultDeclaration, ImportDeclaration, ModuleDeclaration, Program } from 'acorn'
import type { Edit } from '../files/edits.ts'

/**
 * A module in the form of a function. A browser keeps every module that it ever imported for as long as the page stands,
 * some 7 kB each; a function is let go of with the code that it made.
 *
 * `text` is an expression: a generator function that takes `$$exports`, `$$meta` (`import.meta`), `$$import` (`import()`)
 * and, in their order, what `imports` leads to. Its first step hands the exports over, as functions that read them, its
 * second runs the module. `names` must be exported at `address`.
 */
export interface ModuleFunction { text: string; imports: { address: string; names: string[] }[] }

/**
 * The function that does what the module `text` does; its lines stay where they are. Undefined where only a module will do:
 * where it waits at its top level, passes on all exports of another, or calls something else by the name of an import.
 */
export function asFunction(text: string): ModuleFunction | undefined {
  let program: Program
  try { program = Parser.parse(text, { ecmaVersion: 'latest', sourceType: 'module' }) } catch { return undefined }
  if (waits(program)) return undefined
  const declared = declaredNames(program)
  for (const name of importedNames(program)) if (declared.has(name)) return undefined
  const pass = new Pass(text)
  return pass.statements(program) ? pass.result(program) : undefined
}

/** Whether a module waits at its top level. */
function waits(program: Program): boolean {
  let found = false
  walk(program, (node) => {
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) found = true
    return !found && !/Function/.test(node.type)
  })
  return found
}

const PARAMETERS = ['$$exports', '$$meta', '$$import']

class Pass {
  readonly #text: string
  readonly #edits: Edit[] = []
  readonly #imports: ModuleFunction['imports'] = []
  readonly #parameters = [...PARAMETERS]
  /** Local name of an import → what reads it. */
  readonly #reads = new Map<string, string>()
  readonly #exports: { name: string; read: string }[] = []

  constructor(text: string) { this.#text = text }

  /** Takes imports and exports out of the text; false where one of them cannot be. */
  statements(program: Program): boolean {
    const body = program.body as (ModuleDeclaration | AnyNode)[]
    for (const node of body) if (node.type === 'ImportDeclaration') this.#import(node)
    return body.every((node) => this.#export(node))
  }

  result(program: Program): ModuleFunction {
    walk(program, (node, parent) => this.#visit(node, parent))
    const getters = this.#exports.map(({ name, read }) => `get ${JSON.stringify(name)}(){return ${read}}`).join()
    const head = `(function*(${this.#parameters.join()}){'use strict';$$exports({${getters}});yield;`
    const body = applyEdits(this.#text, this.#edits)
    // The address of the source stands in the last line of the text, where it has to be.
    const end = body.lastIndexOf('\n//# sourceURL=')
    return { text: end === -1 ? `${head}${body}\n})` : `${head}${body.slice(0, end)}\n})${body.slice(end)}`, imports: this.#imports }
  }

  #import(node: ImportDeclaration): void {
    const parameter = this.#from(String(node.source.value), node.specifiers.flatMap((s) => (s.type === 'ImportSpecifier' ? [nameOf(s.imported)] : s.type === 'ImportDefaultSpecifier' ? ['default'] : [])))
    for (const s of node.specifiers) this.#reads.set(s.local.name, s.type === 'ImportNamespaceSpecifier' ? parameter : member(parameter, s.type === 'ImportSpecifier' ? nameOf(s.imported) : 'default'))
    this.#blank(node)
  }

  /** The parameter that leads to the exports at `address`. */
  #from(address: string, names: string[]): string {
    const parameter = `$$i${this.#imports.length}`
    this.#imports.push({ address, names })
    this.#parameters.push(parameter)
    return parameter
  }

  #export(node: ModuleDeclaration | AnyNode): boolean {
    if (node.type === 'ExportAllDeclaration') {
      if (!node.exported) return false
      this.#exports.push({ name: nameOf(node.exported), read: this.#from(String(node.source.value), []) })
      this.#blank(node)
    } else if (node.type === 'ExportDefaultDeclaration') return this.#default(node)
    else if (node.type === 'ExportNamedDeclaration') {
      if (node.declaration) {
        const names: string[] = []
        if (node.declaration.type === 'VariableDeclaration') for (const { id } of node.declaration.declarations) bindingNames(id, names)
        else names.push(node.declaration.id.name)
        for (const name of names) this.#exports.push({ name, read: name })
        this.#edits.push({ start: node.start, end: node.declaration.start, text: this.#lines(node.start, node.declaration.start) })
        return true
      }
      const from = node.source && this.#from(String(node.source.value), node.specifiers.map((s) => nameOf(s.local)))
      for (const { local, exported } of node.specifiers) this.#exports.push({ name: nameOf(exported), read: from ? member(from, nameOf(local)) : this.#reads.get(nameOf(local)) ?? nameOf(local) })
      this.#blank(node)
    }
    return true
  }

  #default(node: ExportDefaultDeclaration): boolean {
    const { declaration } = node
    const words = /^export\s+default\b/.exec(this.#text.slice(node.start, node.end))
    if (!words) return false
    const end = node.start + words[0].length
    const named = (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id?.name
    this.#exports.push({ name: 'default', read: named || '$$exported' })
    if (named) { this.#edits.push({ start: node.start, end, text: this.#lines(node.start, end) }); return true }
    // As the value of a property with that name, a function without a name is called "default", as it should be.
    this.#edits.push({ start: node.start, end, text: `const $$exported={default:${this.#lines(node.start, end)}` })
    const last = this.#text[node.end - 1] === ';' ? node.end - 1 : node.end
    this.#edits.push({ start: last, end: node.end, text: '}.default;' })
    return true
  }

  #visit(node: AnyNode, parent: AnyNode | undefined): boolean | void {
    if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return false
    if (node.type === 'ExportNamedDeclaration' && !node.declaration) return false
    if (node.type === 'MetaProperty' && node.meta.name === 'import') this.#edits.push({ start: node.start, end: node.end, text: '$$meta' })
    else if (node.type === 'ImportExpression') this.#edits.push({ start: node.start, end: node.start + 'import'.length, text: '$$import' })
    else if (node.type === 'ExpressionStatement' && isBlock(parent)) {
      // Without a semicolon before it, a parenthesis would call what the line above ends with.
      if (this.#beginsWithImport(node)) this.#edits.push({ start: node.start, end: node.start, text: ';' })
    } else if (node.type === 'Property' && node.shorthand) {
      const read = node.value.type === 'Identifier' ? this.#reads.get(node.value.name) : undefined
      if (read !== undefined) this.#edits.push({ start: node.end, end: node.end, text: `:${read}` })
      return read === undefined
    } else if (node.type === 'Identifier' && isRead(node, parent)) {
      const read = this.#reads.get(node.name)
      // Called by itself, not as a method of what exports it.
      if (read !== undefined) this.#edits.push({ start: node.start, end: node.end, text: parent?.type === 'CallExpression' && parent.callee === node || parent?.type === 'TaggedTemplateExpression' ? `(0,${read})` : read })
    }
    return undefined
  }

  /** Whether the first word of a statement is the name of an import. */
  #beginsWithImport(node: AnyNode): boolean {
    const word = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(this.#text.slice(node.start, node.end))?.[0]
    return word !== undefined && this.#reads.has(word)
  }

  #blank(node: { start: number; end: number }): void {
    this.#edits.push({ start: node.start, end: node.end, text: `;${this.#lines(node.start, node.end)}` })
  }

  #lines(start: number, end: number): string { return '\n'.repeat(this.#text.slice(start, end).split('\n').length - 1) }
}

const isBlock = (node: AnyNode | undefined): boolean => node?.type === 'Program' || node?.type === 'BlockStatement' || node?.type === 'StaticBlock' || node?.type === 'SwitchCase'

const member = (object: string, name: string): string => (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `${object}.${name}` : `${object}[${JSON.stringify(name)}]`)
