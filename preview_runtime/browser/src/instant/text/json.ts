import { phrase } from '../../engine/phrase.ts'
import { buildFault, position } from '../files/fault.ts'
import { shown } from '../files/paths.ts'

const NAME = /^[A-Za-z_$][\w$]*$/
const RESERVED = new Set('await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield arguments eval'.split(' '))

/** A JSON file as a module: the value by default, its top-level names beside it. */
export function jsonModule(path: string, source: string): string {
  let value: unknown
  try { value = JSON.parse(source) } catch (error) {
    const at = /position (\d+)/.exec(String(error))
    const place = at ? position(source, Number(at[1])) : source.trim() === '' ? { line: 1, column: 1 } : position(source, source.length)
    throw buildFault('json', phrase('engine.json.line', { path: shown(path), line: place.line }), { file: path, ...place }, source)
  }
  // `__proto__` in a literal would set the prototype, JSON.parse makes it a property
  const literal = source.includes('__proto__') ? `JSON.parse(${JSON.stringify(source)})` : JSON.stringify(value).replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).filter((key) => NAME.test(key) && !RESERVED.has(key) && key !== '$$json') : []
  return `const $$json=${literal};export default $$json;${names.map((name) => `export const ${name}=$$json[${JSON.stringify(name)}];`).join('')}`
}
