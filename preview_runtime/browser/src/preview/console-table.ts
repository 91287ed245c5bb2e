import { inspect } from './inspect.ts'

const MOST_ROWS = 100
const MOST_COLUMNS = 20
const MOST_WIDE = 40

/** What `console.table` shows, in lines of text; undefined where `data` is no table. */
export function tableText(data: unknown, only?: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const rows = rowsOf(data).slice(0, MOST_ROWS)
  const fields = new Set<string>()
  let plain = false
  for (const [, row] of rows) {
    if (typeof row === 'object' && row !== null) for (const name of Object.keys(row).slice(0, MOST_COLUMNS)) fields.add(name)
    else plain = true
  }
  const columns = (Array.isArray(only) ? only.map(String) : [...fields]).slice(0, MOST_COLUMNS)
  const head = ['(index)', ...columns, ...(plain ? ['Value'] : [])]
  const lines = rows.map(([name, row]) => {
    const isRow = typeof row === 'object' && row !== null
    return [name, ...columns.map((column) => (isRow && column in row ? cell((row as Record<string, unknown>)[column]) : '')), ...(plain ? [isRow ? '' : cell(row)] : [])]
  })
  const wide = head.map((_, at) => Math.max(...[head, ...lines].map((line) => [...line[at]!].length)))
  return [head, ...lines].map((line) => line.map((text, at) => text + ' '.repeat(wide[at]! - [...text].length)).join('  ').trimEnd()).join('\n')
}

function rowsOf(data: object): [string, unknown][] {
  if (data instanceof Map) return [...data].map(([key, value]) => [cell(key), value])
  if (data instanceof Set) return [...data].map((value, at) => [String(at), value])
  return Object.entries(data)
}

function cell(value: unknown): string {
  const text = (typeof value === 'string' ? value : inspect(value, 1)).replaceAll('\n', ' ')
  return text.length > MOST_WIDE ? text.slice(0, MOST_WIDE - 1) + '…' : text
}
