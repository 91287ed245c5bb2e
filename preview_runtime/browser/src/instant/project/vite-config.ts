import { Parser } from 'acorn'
import { transform } from 'sucrase'
import { join } from '../files/paths.ts'
import { walk } from '../text/syntax.ts'
import type { AnyNode } from 'acorn'
import type { Alias } from './tsconfig.ts'
import type { FileSet } from '../files/file-set.ts'

/**
 * `resolve.alias` of vite.config, read without running it: the last text inside the value is the folder, which covers
 * `path.resolve(__dirname, './src')`, `fileURLToPath(new URL('./src', import.meta.url))` and `'/src'`.
 */
export function viteAliases(files: FileSet): Alias[] {
  const path = ['/vite.config.ts', '/vite.config.js', '/vite.config.mts', '/vite.config.mjs'].find((name) => files.text(name) !== undefined)
  const source = path === undefined ? undefined : files.text(path)
  if (source === undefined || !source.includes('alias')) return []
  let program: AnyNode
  try {
    program = Parser.parse(transform(source, { transforms: ['typescript'], disableESTransforms: true }).code, { ecmaVersion: 'latest', sourceType: 'module' })
  } catch { return [] }  // Vite would say so; the app itself can still run
  const out: Alias[] = []
  walk(program, (node) => {
    if (node.type !== 'Property' || keyOf(node.key) !== 'alias') return undefined
    if (node.value.type === 'ObjectExpression') {
      for (const p of node.value.properties) if (p.type === 'Property') add(out, keyOf(p.key), lastText(p.value))
    } else if (node.value.type === 'ArrayExpression') {
      for (const item of node.value.elements) {
        if (item?.type !== 'ObjectExpression') continue
        const part = (name: string): AnyNode | undefined => item.properties.flatMap((p) => (p.type === 'Property' && keyOf(p.key) === name ? [p.value] : []))[0]
        const find = part('find')
        const replacement = part('replacement')
        if (find?.type === 'Literal' && typeof find.value === 'string' && replacement) add(out, find.value, lastText(replacement))
      }
    }
    return false
  })
  return out
}

function add(out: Alias[], from: string, to: string | undefined): void {
  if (!from || to === undefined) return
  const target = join('/', to)
  if (from.endsWith('/')) out.push({ from, exact: false, to: [target.endsWith('/') ? target : target + '/'] })
  else out.push({ from, exact: true, to: [target === '/' ? '' : target] })
}

const keyOf = (node: AnyNode): string => (node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '')

function lastText(node: AnyNode): string | undefined {
  let found: string | undefined
  walk(node, (inner) => { if (inner.type === 'Literal' && typeof inner.value === 'string') found = inner.value })
  return found
}
