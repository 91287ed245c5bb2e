import { Parser } from 'acorn'
import { transform } from 'sucrase'
import { join } from '../files/paths.ts'
import type { AnyNode, CallExpression, ObjectExpression, Program } from 'acorn'

/** A value that only running the file would tell. */
export const UNKNOWN = Symbol('unknown')

/** The result of a function of a package: a plugin, mostly. */
export class Made {
  readonly from: string
  readonly options: unknown[]

  constructor(from: string, options: unknown[]) {
    this.from = from
    this.options = options
  }
}

/** What a configuration file can ask for: `read` gives the text of a project file, `environment` the values of .env. */
export interface Surroundings { built: boolean; read(path: string): string | undefined; environment(): Record<string, string>; library?(from: string): unknown }

/** A configuration is small: more than this is something else. */
const MOST_STEPS = 20_000
const LONGEST = 256 * 1024

const FUNCTIONS = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'])
const DATES = new Set(['toISOString', 'getFullYear', 'getTime', 'toDateString', 'toLocaleDateString', 'toJSON'])
const TEXTS = new Set(['toString', 'trim', 'toUpperCase', 'toLowerCase', 'slice', 'replace', 'split', 'join'])

/**
 * The default export of the configuration file `path`, as far as it can be read without running it: literals, constants
 * of the file, JSON files, paths, the environment, and `defineConfig` with an object or a function. Undefined for a file
 * that is no valid script.
 */
export function configValue(path: string, source: string, around: Surroundings): unknown {
  let program: Program
  try {
    program = Parser.parse(transform(source, { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true }).code, { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true })
  } catch { return undefined }
  return new Reading(path, program, around).result()
}

class Reading {
  readonly #path: string
  readonly #program: Program
  readonly #around: Surroundings
  readonly #imports = new Map<string, { from: string; name: string }>()
  readonly #constants = new Map<string, AnyNode>()
  readonly #known = new Map<string, unknown>()
  readonly #now = new Date()
  #steps = 0

  constructor(path: string, program: Program, around: Surroundings) {
    this.#path = path
    this.#program = program
    this.#around = around
    for (const node of program.body) this.#declared(node)
  }

  result(): unknown {
    for (const node of this.#program.body) {
      if (node.type === 'ExportDefaultDeclaration') return this.#config(node.declaration)
      if (node.type !== 'ExpressionStatement' || node.expression.type !== 'AssignmentExpression') continue
      const to = node.expression.left
      if (to.type === 'MemberExpression' && to.object.type === 'Identifier' && to.object.name === 'module') return this.#config(node.expression.right)
    }
    return undefined
  }

  #declared(node: AnyNode): void {
    if (node.type === 'ImportDeclaration') {
      for (const one of node.specifiers) this.#imports.set(one.local.name, { from: String(node.source.value), name: one.type === 'ImportSpecifier' && one.imported.type === 'Identifier' ? one.imported.name : 'default' })
    } else if (node.type === 'VariableDeclaration') {
      for (const one of node.declarations) {
        if (one.id.type === 'Identifier' && one.init) this.#declare(one.id.name, one.init)
        if (one.id.type !== 'ObjectPattern' || !one.init || required(one.init) === undefined) continue
        for (const part of one.id.properties) if (part.type === 'Property' && part.key.type === 'Identifier' && part.value.type === 'Identifier') this.#imports.set(part.value.name, { from: required(one.init)!, name: part.key.name })
      }
    } else if (node.type === 'FunctionDeclaration' && node.id) this.#constants.set(node.id.name, node)
    else if (node.type === 'ExportNamedDeclaration' && node.declaration) this.#declared(node.declaration)
  }

  #declare(name: string, init: AnyNode): void {
    const from = required(init)
    if (from !== undefined) this.#imports.set(name, { from, name: 'default' })
    else this.#constants.set(name, init)
  }

  /** A configuration may be a function of the command and the mode. */
  #config(node: AnyNode): unknown {
    const inner = node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'defineConfig' ? node.arguments[0] : node
    const target = inner?.type === 'Identifier' ? this.#constants.get(inner.name) : inner
    if (!target) return UNKNOWN
    if (target !== inner && target.type === 'CallExpression') return this.#config(target)
    if (!FUNCTIONS.has(target.type)) return this.value(target)
    const mode = this.#around.built ? 'production' : 'development'
    return this.#call(target, [{ command: this.#around.built ? 'build' : 'serve', mode, isSsrBuild: false, isPreview: false }])
  }

  #call(node: AnyNode, args: unknown[]): unknown {
    if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression' && node.type !== 'FunctionDeclaration') return UNKNOWN
    node.params.forEach((param, i) => {
      if (param.type === 'Identifier') this.#known.set(param.name, args[i])
      else if (param.type === 'ObjectPattern') {
        for (const one of param.properties) {
          if (one.type === 'Property' && one.key.type === 'Identifier' && one.value.type === 'Identifier') this.#known.set(one.value.name, member(args[i], one.key.name))
        }
      }
    })
    if (node.body.type !== 'BlockStatement') return this.value(node.body)
    return this.#block(node.body.body) ?? UNKNOWN
  }

  /** The value of the `return` that is reached; undefined where there is none. */
  #block(body: AnyNode[]): unknown {
    for (const one of body) {
      this.#declared(one)
      if (one.type === 'ReturnStatement') return one.argument ? this.value(one.argument) : UNKNOWN
      if (one.type === 'IfStatement') {
        const test = this.value(one.test)
        if (test === UNKNOWN) return UNKNOWN
        const taken = test ? one.consequent : one.alternate
        const found = taken ? this.#block(taken.type === 'BlockStatement' ? taken.body : [taken]) : undefined
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  value(node: AnyNode): unknown {
    if (++this.#steps > MOST_STEPS) return UNKNOWN
    switch (node.type) {
      case 'Literal': return node.regex ? pattern(node.regex) : node.value
      case 'TemplateLiteral': return this.#text(node.quasis.map((one) => one.value.cooked ?? ''), node.expressions.map((one) => this.value(one)))
      case 'Identifier': return this.#named(node.name)
      case 'ObjectExpression': return this.#object(node)
      case 'ArrayExpression': return this.#array(node.elements)
      case 'UnaryExpression': return unary(node.operator, this.value(node.argument))
      case 'ConditionalExpression': { const test = this.value(node.test); return test === UNKNOWN ? UNKNOWN : this.value(test ? node.consequent : node.alternate) }
      case 'LogicalExpression': return this.#logical(node.operator, this.value(node.left), node.right)
      case 'BinaryExpression': return node.left.type === 'PrivateIdentifier' ? UNKNOWN : binary(node.operator, this.value(node.left), this.value(node.right))
      case 'AwaitExpression': return this.value(node.argument)
      case 'ChainExpression': return this.value(node.expression)
      case 'MemberExpression': return this.#member(node)
      case 'NewExpression': return this.#new(node.callee, node.arguments)
      case 'CallExpression': return this.#called(node)
      default: return UNKNOWN
    }
  }

  #named(name: string): unknown {
    if (this.#known.has(name)) return this.#known.get(name)
    if (name === '__dirname') return '/'
    if (name === '__filename') return this.#path
    if (name === 'undefined') return undefined
    const imported = this.#imports.get(name)
    if (imported?.from.endsWith('.json')) {
      const text = this.#around.read(join(this.#path, imported.from))
      try { return text === undefined ? UNKNOWN : imported.name === 'default' ? JSON.parse(text) : member(JSON.parse(text), imported.name) } catch { return UNKNOWN }
    }
    if (imported && !imported.from.startsWith('.')) return this.#imported(imported)
    const constant = this.#constants.get(name)
    if (!constant) return UNKNOWN
    this.#known.set(name, UNKNOWN)  // what refers to itself
    const found = this.value(constant)
    this.#known.set(name, found)
    return found
  }

  /** A module's value where it is known here, else what only its name is known of. */
  #imported({ from, name }: { from: string; name: string }): unknown {
    const library = this.#around.library?.(from)
    if (library === undefined) return new Made(from, [])
    return name === 'default' ? library : member(library, name)
  }

  #object(node: ObjectExpression): unknown {
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') {
        const inner = this.value(one.argument)
        // `{ enforce: 'pre', ...plugin() }` is that plugin.
        if (inner instanceof Made) return inner
        if (inner === UNKNOWN) out['...'] = UNKNOWN
        else if (isRecord(inner)) Object.assign(out, inner)
        continue
      }
      const key = one.computed ? this.value(one.key) : one.key.type === 'Identifier' ? one.key.name : one.key.type === 'Literal' ? String(one.key.value) : UNKNOWN
      if (typeof key === 'string') out[key] = FUNCTIONS.has(one.value.type) ? UNKNOWN : this.value(one.value)
    }
    return out
  }

  #array(elements: (AnyNode | null)[]): unknown[] {
    return elements.flatMap((one): unknown[] => {
      if (!one) return [undefined]
      if (one.type !== 'SpreadElement') return [this.value(one)]
      const inner = this.value(one.argument)
      this.#steps += Array.isArray(inner) ? inner.length : 0
      return Array.isArray(inner) && this.#steps < MOST_STEPS ? inner : [UNKNOWN]
    })
  }

  #text(parts: string[], values: unknown[]): unknown {
    if (values.some((one) => one === UNKNOWN || typeof one === 'object')) return UNKNOWN
    const text = parts.map((part, i) => part + (i < values.length ? String(values[i]) : '')).join('')
    return text.length > LONGEST ? UNKNOWN : text
  }

  #logical(operator: string, left: unknown, right: AnyNode): unknown {
    if (left === UNKNOWN) return UNKNOWN
    const takes = operator === '&&' ? Boolean(left) : operator === '||' ? !left : left === undefined || left === null
    return takes ? this.value(right) : left
  }

  #member(node: AnyNode & { type: 'MemberExpression' }): unknown {
    if (node.object.type === 'Super') return UNKNOWN
    const key = node.computed ? (node.property.type === 'PrivateIdentifier' ? UNKNOWN : this.value(node.property)) : node.property.type === 'Identifier' ? node.property.name : UNKNOWN
    if (typeof key !== 'string' && typeof key !== 'number') return UNKNOWN
    if (node.object.type === 'MetaProperty') return key === 'dirname' ? '/' : key === 'url' || key === 'filename' ? this.#path : UNKNOWN
    if (node.object.type === 'Identifier' && node.object.name === 'process') return key === 'env' ? this.#processEnv() : UNKNOWN
    const of = this.value(node.object)
    if (of instanceof URLPath) return key === 'pathname' || key === 'href' ? of.path : UNKNOWN
    return member(of, String(key))
  }

  /** What a shell sets is not known here: only the mode is. */
  #processEnv(): Record<string, unknown> { return { NODE_ENV: this.#around.built ? 'production' : 'development' } }

  #new(callee: AnyNode, args: AnyNode[]): unknown {
    if (callee.type !== 'Identifier') return UNKNOWN
    if (callee.name === 'Date' && args.length === 0) return this.#now
    const first = args[0] && this.value(args[0])
    return callee.name === 'URL' && typeof first === 'string' ? new URLPath(join(this.#path, first)) : UNKNOWN
  }

  #called(node: CallExpression): unknown {
    const { callee } = node
    const from = required(node)
    if (from !== undefined && !from.startsWith('.')) return this.#imported({ from, name: 'default' })
    const args = this.#array(node.arguments)
    if (callee.type === 'Identifier') return this.#function(callee.name, args)
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.object.type === 'Super') return UNKNOWN
    const name = callee.property.name
    if (callee.object.type === 'Identifier') {
      const on = callee.object.name
      if (on === 'JSON' && name === 'stringify') return holdsUnknown(args[0]) ? UNKNOWN : JSON.stringify(args[0])
      if (on === 'process' && name === 'cwd') return '/'
      if (on === 'Date' && name === 'now') return this.#now.getTime()
      const imported = this.#imports.get(on)
      if (imported && /^(?:node:)?path$/.test(imported.from)) return paths(name, args)
      if (imported) return new Made(imported.from, args)
    }
    const of = this.value(callee.object)
    if (of instanceof URLPath) return name === 'toString' ? of.path : UNKNOWN
    if (!args.every((one) => typeof one === 'string' || typeof one === 'number')) return UNKNOWN
    if (of instanceof Date && DATES.has(name)) return (of as unknown as Record<string, (...a: unknown[]) => unknown>)[name]!(...args)
    if ((typeof of === 'string' || typeof of === 'number' || (Array.isArray(of) && name === 'join')) && TEXTS.has(name)) {
      const found = (of as unknown as Record<string, ((...a: unknown[]) => unknown) | undefined>)[name]?.apply(of, args)
      return typeof found === 'string' && found.length > LONGEST ? UNKNOWN : found
    }
    return UNKNOWN
  }

  #function(name: string, args: unknown[]): unknown {
    const imported = this.#imports.get(name)
    if (!imported) {
      if (name === 'String') return this.#text(['', ''], args.slice(0, 1))
      const own = this.#constants.get(name)
      return own && FUNCTIONS.has(own.type) ? this.#call(own, args) : UNKNOWN
    }
    if (/^(?:node:)?path$/.test(imported.from)) return paths(imported.name, args)
    if (imported.name === 'fileURLToPath') return args[0] instanceof URLPath ? args[0].path : args[0]
    if (/^vitest\/config$|^vite$/.test(imported.from)) {
      if (imported.name === 'defineConfig') return args[0]
      if (imported.name === 'loadEnv') return this.#around.environment()
      if (imported.name === 'mergeConfig') return isRecord(args[0]) && isRecord(args[1]) ? { ...args[0], ...args[1] } : UNKNOWN
      if (imported.name === 'searchForWorkspaceRoot' || imported.name === 'normalizePath') return args[0]
    }
    return new Made(imported.from, args)
  }
}

/** The module that `require('…')` asks for. */
const required = (node: AnyNode): string | undefined => (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'require' && node.arguments[0]?.type === 'Literal' ? String(node.arguments[0].value) : undefined)

/** The address of a file of the project. */
class URLPath { readonly path: string; constructor(path: string) { this.path = path } }

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Made) && !(value instanceof RegExp) && !(value instanceof Date) && !(value instanceof URLPath)

export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN || value instanceof Made) return true
  return Array.isArray(value) ? value.some(holdsUnknown) : isRecord(value) && Object.values(value).some(holdsUnknown)
}

function member(of: unknown, key: string): unknown {
  if (of === UNKNOWN || of === undefined || of === null) return of === UNKNOWN ? UNKNOWN : undefined
  if (Array.isArray(of) || isRecord(of)) return Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined
  return UNKNOWN
}

function pattern({ pattern: text, flags }: { pattern: string; flags: string }): unknown {
  try { return new RegExp(text, flags) } catch { return UNKNOWN }
}

function unary(operator: string, value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN
  if (operator === '!') return !value
  if (operator === '-') return -Number(value)
  return operator === 'void' ? undefined : UNKNOWN
}

function binary(operator: string, left: unknown, right: unknown): unknown {
  if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN
  if (operator === '===' || operator === '==') return left === right
  if (operator === '!==' || operator === '!=') return left !== right
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string')) { const text = String(left) + String(right); return text.length > LONGEST ? UNKNOWN : text }
  const [a, b] = [Number(left), Number(right)]
  const found: Record<string, unknown> = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b }
  return operator in found ? found[operator] : UNKNOWN
}

function paths(name: string, args: unknown[]): unknown {
  if (!args.every((one): one is string => typeof one === 'string')) return UNKNOWN
  if (name === 'dirname') return '/'
  if (name !== 'resolve' && name !== 'join') return UNKNOWN
  return args.reduce((at, part) => (name === 'resolve' && part.startsWith('/') ? part : join(at.endsWith('/') ? at : at + '/', './' + part.replace(/^\/+/, ''))), '/')
}
