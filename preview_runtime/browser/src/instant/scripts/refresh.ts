import { walk } from '../text/walk.ts'
import type { AnonymousFunctionDeclaration, AnyNode, ArrowFunctionExpression, CallExpression, Expression, FunctionDeclaration, FunctionExpression } from 'acorn'
import type { Edit } from '../files/edits.ts'
import type { Syntax } from '../text/syntax.ts'

/**
 * React Fast Refresh registration over plain JavaScript: the scheme of react-refresh's Babel plugin
 * (github.com/facebook/react, packages/react-refresh/src/ReactFreshBabelPlugin.js), done on the tree already parsed.
 * Nothing it inserts adds a line, so the lines of stack traces are those of the source.
 */
export interface Refresh {
  edits: Edit[]
  head: string
  tail: string
  /** Every export is a component, so the module can accept its own replacement. */
  boundary: boolean
}

type Func = FunctionDeclaration | AnonymousFunctionDeclaration | FunctionExpression | ArrowFunctionExpression

const COMPONENT = /^[A-Z][\w$]*$/
const HOOK = /^use[A-Z0-9]/
const BUILT_IN = new Set(['useState', 'useReducer', 'useEffect', 'useLayoutEffect', 'useMemo', 'useCallback', 'useRef', 'useContext', 'useImperativeHandle', 'useDebugValue', 'useId', 'useDeferredValue', 'useTransition', 'useInsertionEffect', 'useSyncExternalStore', 'useActionState', 'useOptimistic', 'useFormStatus', 'useEffectEvent'])

const isFunction = (node: AnyNode | null | undefined): node is Func =>
  node?.type === 'FunctionDeclaration' || node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression'

/** Undefined where the module has neither components nor hooks of its own. */
export function refreshOf(code: string, syntax: Syntax): Refresh | undefined {
  const pass = new Pass(code)
  const components = new Set<string>()
  const exported: { name: string; local: string }[] = []
  for (const statement of syntax.program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration' ? statement.declaration : statement
    if (statement.type === 'ExportNamedDeclaration') {
      for (const s of statement.specifiers) {
        if (s.local.type === 'Identifier' && s.exported.type === 'Identifier') exported.push({ name: s.exported.name, local: statement.source ? '' : s.local.name })
      }
    }
    if (!declaration) continue
    if (statement.type === 'ExportDefaultDeclaration') exported.push({ name: 'default', local: pass.default(statement.declaration as Expression | Func, components) })
    else if (declaration.type === 'FunctionDeclaration' && declaration.id) {
      pass.named(declaration.id.name, declaration, components)
      if (statement !== declaration) exported.push({ name: declaration.id.name, local: declaration.id.name })
    } else if (declaration.type === 'ClassDeclaration' && declaration.id) {
      if (declaration.superClass && COMPONENT.test(declaration.id.name)) components.add(declaration.id.name)
      if (statement !== declaration) exported.push({ name: declaration.id.name, local: declaration.id.name })
    } else if (declaration.type === 'VariableDeclaration') {
      for (const d of declaration.declarations) {
        if (d.id.type !== 'Identifier') { if (statement !== declaration) exported.push({ name: '?', local: '' }); continue }
        if (d.init) pass.variable(d.id.name, d.init, components)
        if (statement !== declaration) exported.push({ name: d.id.name, local: d.id.name })
      }
    }
  }
  const boundary = exported.length > 0 && syntax.stars.length === 0 && exported.every((e) => components.has(e.local))
  if (pass.registered.length === 0 && pass.signatures === 0 && !boundary) return undefined
  return { edits: pass.edits, head: pass.head(), tail: pass.tail(), boundary }
}

class Pass {
  readonly edits: Edit[] = []
  readonly registered: { local: string; name: string }[] = []
  signatures = 0
  readonly #after: string[] = []
  readonly #code: string

  constructor(code: string) { this.#code = code }

  named(name: string, fn: Func, components: Set<string>): void {
    if (!COMPONENT.test(name) && !HOOK.test(name)) return
    const signed = this.#signature(fn)
    if (signed) this.#after.push(signed(name))
    if (COMPONENT.test(name)) { components.add(name); this.registered.push({ local: name, name }) }
  }

  variable(name: string, init: Expression, components: Set<string>): void {
    if (init.type === 'FunctionExpression' || init.type === 'ArrowFunctionExpression') { this.named(name, init, components); return }
    if (!COMPONENT.test(name)) return
    if (init.type === 'CallExpression' && this.#wrapped(init)) {
      components.add(name)
      this.registered.push({ local: name, name })
    } else if (init.type === 'ClassExpression' && init.superClass) components.add(name)
  }

  /** The local name under which a default export can be registered; empty when it is no component. */
  default(node: Expression | Func, components: Set<string>): string {
    if (node.type === 'Identifier') return node.name
    if (node.type === 'FunctionDeclaration' && node.id) { this.named(node.id.name, node, components); return node.id.name }
    if ((node as AnyNode).type === 'ClassDeclaration') {
      const id = (node as unknown as { id: { name: string } | null }).id
      if (id && COMPONENT.test(id.name)) { components.add(id.name); return id.name }
      return ''
    }
    const local = '$$default'
    const call = node.type === 'CallExpression'
    if (!call && !isFunction(node)) return ''
    if (call && !this.#wrapped(node as CallExpression)) return ''
    if (!call) {
      const signed = this.#signature(node as Func)
      if (signed) this.#after.push(signed(local))
    }
    // `export default () => …` has no name to register: it is given one without adding a line.
    const start = this.#code.lastIndexOf('export', node.start)
    this.edits.push({ start, end: node.start, text: `const ${local}=` + '\n'.repeat(this.#code.slice(start, node.start).split('\n').length - 1) })
    this.edits.push({ start: node.end, end: node.end, text: `;export{${local} as default};` })
    components.add(local)
    this.registered.push({ local, name: '%default%' })
    return local
  }

  head(): string {
    return this.signatures === 0 ? '' : `var ${Array.from({ length: this.signatures }, (_, i) => `$$s${i}=$RefreshSig$()`).join(',')};`
  }

  tail(): string {
    return this.#after.join('') + this.registered.map((r) => `$RefreshReg$(${r.local},${JSON.stringify(r.name)});`).join('')
  }

  /** `memo(fn)`, `forwardRef(fn)`, `memo(forwardRef(fn))`, `memo(Name)`: calls whose result is a component. */
  #wrapped(call: CallExpression): boolean {
    const name = call.callee.type === 'Identifier' ? call.callee.name : call.callee.type === 'MemberExpression' && call.callee.property.type === 'Identifier' ? call.callee.property.name : ''
    const first = call.arguments[0]
    if (name === 'lazy') return true
    if (!first) return false
    if (isFunction(first as AnyNode)) {
      if (name !== 'memo' && name !== 'forwardRef' && name !== 'observer') return false
      const fn = first as Func
      const signed = this.#signature(fn)
      if (signed) {
        this.edits.push({ start: fn.start, end: fn.start, text: `(f=>(${signed('f').replace(/;$/, '')},f))(` }, { start: fn.end, end: fn.end, text: ')' })
      }
      return true
    }
    if (first.type === 'Identifier') return (name === 'memo' || name === 'forwardRef' || name === 'observer') && COMPONENT.test(first.name)
    return first.type === 'CallExpression' && (name === 'memo' || name === 'forwardRef' || name === 'observer') && this.#wrapped(first)
  }

  /** Marks the hooks a function calls, so that a change of them remounts it. Returns the statement that records them. */
  #signature(fn: Func): ((reference: string) => string) | undefined {
    if (fn.body.type !== 'BlockStatement') return undefined
    const keys: string[] = []
    const custom: { text: string; plain: boolean }[] = []
    walk(fn.body, (node, parent) => {
      if (isFunction(node)) return false
      if (node.type !== 'CallExpression') return undefined
      const callee = node.callee
      const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier' ? callee.property.name : ''
      if (!HOOK.test(name)) return undefined
      const binding = parent?.type === 'VariableDeclarator' ? this.#code.slice(parent.id.start, parent.id.end) : ''
      const first = node.arguments[name === 'useReducer' ? 1 : 0]
      const initial = (name === 'useState' || name === 'useReducer') && first ? `(${this.#code.slice(first.start, first.end)})` : ''
      keys.push(`${name}{${binding}${initial}}`)
      if (!BUILT_IN.has(name)) custom.push({ text: this.#code.slice(callee.start, callee.end), plain: callee.type === 'Identifier' })
      return undefined
    })
    if (keys.length === 0) return undefined
    const id = `$$s${this.signatures++}`
    this.edits.push({ start: fn.body.start + 1, end: fn.body.start + 1, text: `${id}();` })
    // A hook reached through an object cannot be compared: its users are remounted, as with the Babel plugin.
    const rest = custom.some((c) => !c.plain) ? ',true' : custom.length > 0 ? `,false,()=>[${custom.map((c) => c.text).join(',')}]` : ''
    return (reference) => `${id}(${reference},${JSON.stringify(keys.join('\n'))}${rest});`
  }
}
