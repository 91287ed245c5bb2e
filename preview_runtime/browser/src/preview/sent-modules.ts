import type { ModuleFunction } from '../instant/scripts/module-function.ts'

/**
 * Makes `texts` (address → module) what imports of those addresses get, in this page: an import map added at run time
 * leads there. Data URLs, as a blob's takes two trips to the browser's own process: one to make it, one to load it.
 */
export function provide(texts: Record<string, string>): void {
  importMap(Object.fromEntries(Object.entries(texts).map(([address, text]) => [new URL(address, location.origin).href, `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`])))
}

export function importMap(imports: Record<string, string>): void {
  const map = Object.assign(document.createElement('script'), { type: 'importmap', textContent: JSON.stringify({ imports }) })
  document.head.append(map)
  map.remove()
}

/** Runs modules that came as functions, and knows the newest of each: see `ModuleFunction`. */

type Namespace = Record<string, unknown>
/** A module that the browser itself does not know: what imports it must be led to it. */
interface Held { address: string; module: Namespace; told: boolean }

const held = new Map<string, Held>()
const pathOf = (address: string): string => new URL(address, location.origin).pathname
const versionOf = (address: string): number => Number(new URL(address, location.origin).searchParams.get('v') ?? 0)
const whole = (address: string): string => new URL(address, location.origin).href

/** What is held of a file, at least as new as `address` says. */
function newest(address: string): Namespace | undefined {
  const one = held.get(pathOf(address))
  return one && versionOf(one.address) >= versionOf(address) ? one.module : undefined
}

export const heldModule = (address: string): Namespace | undefined => held.get(pathOf(address))?.module

/** `import()` in a module that runs as a function. */
const load = async (address: string): Promise<Namespace> => newest(address) ?? ((await import(address)) as Namespace)

/**
 * Leads the browser's own imports to what is held. A module that is about to be imported by its address would otherwise get
 * a second copy of it.
 */
export function tell(): void {
  const client = JSON.stringify(whole('/@sayso/client.js'))
  const untold = [...held.values()].filter(({ told }) => !told)
  if (untold.length === 0) return
  importMap(Object.fromEntries(untold.map(({ address, module }) => {
    const names = Object.keys(module)
    const text = `import{heldModule}from${client};const m=heldModule(${JSON.stringify(address)});${names.map((name, i) => `const _${i}=m[${JSON.stringify(name)}];export{_${i} as ${JSON.stringify(name)}};`).join('')}`
    return [whole(address), `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`]
  })))
  for (const one of untold) one.told = true
}

/** Of these files the browser itself imports what is newest. */
export function release(addresses: string[]): void {
  for (const address of addresses) held.delete(pathOf(address))
}

/** Runs those of `functions` (by their addresses) that `addresses` need, each once, and gives what `addresses` export. */
export async function run(functions: Record<string, ModuleFunction>, addresses: string[]): Promise<Namespace[]> {
  const all = new Map(Object.entries(functions).map(([address, one]) => [whole(address), one]))
  const needed = new Set(addresses.map(whole))
  const outside = new Map<string, Namespace>()
  const loads: Promise<void>[] = []
  for (const address of needed) {
    for (const { address: target, names } of all.get(address)!.imports) {
      if (all.has(whole(target))) needed.add(whole(target))
      else loads.push(load(target).then((module) => { exporting(module, target, names); outside.set(whole(target), module) }))
    }
  }
  await Promise.all(loads)
  const inside = new Map([...needed].map((address) => [address, Object.create(null, { [Symbol.toStringTag]: { value: 'Module' } }) as Namespace]))
  const steps = new Map([...needed].map((address) => [address, begun(address, all.get(address)!, inside, outside)]))
  // As a browser does: first what a module imports, each once, also where they import each other.
  const evaluate = (address: string): void => {
    const one = steps.get(address)
    if (!one) return
    steps.delete(address)
    for (const { address: target } of all.get(address)!.imports) evaluate(whole(target))
    one.next()
  }
  for (const address of needed) evaluate(address)
  for (const [address, module] of inside) held.set(pathOf(address), { address, module, told: false })
  return addresses.map((address) => inside.get(whole(address))!)
}

/** The module with its exports declared and nothing of it run. */
function begun(address: string, { text, imports }: ModuleFunction, inside: Map<string, Namespace>, outside: Map<string, Namespace>): Generator {
  const module = inside.get(address)!
  const declare = (getters: object): void => {
    const found = Object.getOwnPropertyDescriptors(getters) as Record<string, PropertyDescriptor>
    for (const name of Object.keys(found).sort()) Object.defineProperty(module, name, { ...found[name], configurable: false })
  }
  // As the text of a script of its own: lines and address of its errors are those of the source.
  const made = (0, eval)(text) as (...given: unknown[]) => Generator
  const one = made(declare, { url: address }, load, ...imports.map(({ address: target }) => inside.get(whole(target)) ?? outside.get(whole(target))))
  one.next()
  return one
}

function exporting(module: Namespace, address: string, names: string[]): void {
  const absent = names.find((name) => !(name in module))
  if (absent !== undefined) throw new SyntaxError(`The requested module '${address}' does not provide an export named '${absent}'`)
}
