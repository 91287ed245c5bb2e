import type { Decorator, Node } from '@babel/types'
import type { Edit } from '../files/edits.ts'
import type { ClassNode } from './class-node.ts'

/** What tsc writes for `experimentalDecorators` (github.com/microsoft/tslib, `__decorate` and `__param`), on one line. */
export const HELPERS = 'var __decorate=(list,target,key,desc)=>{const n=desc===undefined&&key===undefined?1:desc===null?2:3;let r=n===1?target:n===2?Object.getOwnPropertyDescriptor(target,key):undefined;for(let i=list.length-1;i>=0;i--){const d=list[i];const was=r;r=(n===1?d(r):n===2?d(target,key,r):d(target,key))||was}if(n===2&&r)Object.defineProperty(target,key,r);return r},__param=(i,d)=>(target,key)=>d(target,key,i);'

/** Takes the decorators of a class and its members off and applies them behind the class, in tsc's order. */
export function decorators(node: ClassNode, parent: Node, source: string): Edit[] {
  const edits: Edit[] = []
  const text = (one: Node): string => source.slice(one.start!, one.end!)
  const take = (list: Decorator[] | null | undefined): string[] => (list ?? []).map((one) => {
    edits.push({ start: one.start!, end: one.end!, text: lines(text(one)) })
    return text(one.expression)
  })
  const own = take(node.decorators)
  const name = node.id?.name ?? '$$default'
  // In the order in which they are written, as Vite has them; tsc takes static members last.
  const made: string[] = []
  for (const member of node.body.body) {
    if (!('decorators' in member) && !('params' in member)) continue
    const list = take('decorators' in member ? (member.decorators as Decorator[] | null) : [])
    const params = 'params' in member ? parameters(member.params, take) : []
    if (member.type === 'ClassMethod' && member.kind === 'constructor') { own.push(...params); continue }
    const all = [...list, ...params]
    if (all.length === 0 || !('key' in member) || member.key.type === 'PrivateName') continue
    const isStatic = 'static' in member && member.static === true
    const key = 'computed' in member && member.computed ? text(member.key) : JSON.stringify(member.key.type === 'Identifier' ? member.key.name : 'value' in member.key ? String(member.key.value) : text(member.key))
    made.push(`__decorate([${all.map(flat).join(',')}],${isStatic ? name : `${name}.prototype`},${key},${member.type === 'ClassMethod' ? 'null' : '0'});`)
  }
  const calls = made.join('')
  if (own.length === 0 && calls === '') return edits
  if (node.type === 'ClassExpression') return edits
  return [...edits, ...placed(node, parent, source, name, calls, own)]
}

/** Where the class is a binding that its decorators may replace. */
function placed(node: ClassNode, parent: Node, source: string, name: string, calls: string, own: string[]): Edit[] {
  const isDefault = parent.type === 'ExportDefaultDeclaration'
  const at = source.indexOf('class', Math.max(node.start!, ...(node.decorators ?? []).map((one) => one.end!)))
  const end = node.end!
  const replaced = own.length > 0 ? `${name}=__decorate([${own.map(flat).join(',')}],${name});` : ''
  const edits: Edit[] = []
  if (isDefault) edits.push({ start: parent.start! + source.slice(parent.start!).search(/\bexport\b/), end: at, text: lines(source.slice(parent.start!, at).replace(/[^\n]/g, '')) })
  const head = own.length > 0 ? `let ${name}=class${usesItself(node) ? ` ${name}` : ''}` : `class ${name}`
  const nameEnd = node.id ? node.id.end! : at + 'class'.length
  edits.push({ start: at, end: nameEnd, text: head })
  edits.push({ start: end, end, text: `;${calls}${replaced}${isDefault ? `export{${name} as default};` : ''}` })
  return edits
}

/** A static part may name the class before its decorators have run. */
const usesItself = (node: ClassNode): boolean => node.body.body.some((one) => one.type === 'StaticBlock' || (one.type === 'ClassProperty' && one.static === true && one.value !== null))

function parameters(params: Node[], take: (list: Decorator[] | null | undefined) => string[]): string[] {
  return params.flatMap((param, i) => take((param as { decorators?: Decorator[] | null }).decorators).map((one) => `__param(${i},${one})`))
}

const lines = (text: string): string => text.replace(/[^\n]/g, '')
const flat = (text: string): string => (text.includes('//') ? text : text.replace(/\s*\n\s*/g, ' '))
