import { isNewest, placeOfProps } from '../client.ts'
import type { PlaceMark } from '../../engine/place.ts'

/** Where an element of the page was written, as the frameworks that made it know. */

/** What of React's tree is looked at. `type` is the name of an element, or a component. */
interface Fiber { type: unknown; memoizedProps: object | null; return: Fiber | null; alternate: Fiber | null }
interface VueNode { props: Record<string, unknown> | null; ctx: VueInstance | null }
interface VueInstance { type: { __file?: string; __name?: string; name?: string }; parent: VueInstance | null; vnode: VueNode }
interface SvelteMeta { loc?: { file: string; line: number; column: number }; parent?: SvelteParent | null }
interface SvelteParent { type: string; file: string; line: number; column: number; componentTag?: string; parent: SvelteParent | null }
type Known = Element & { __vnode?: VueNode; __vueParentComponent?: VueInstance; __svelte_meta?: SvelteMeta }

/** See `Pointed`. */
export interface Marks { own: boolean; made: string; marks: PlaceMark[] }

const MOST_MARKS = 12

export function marksOf(element: Element): Marks {
  for (let at: Known | null = element; at; at = at.parentElement) {
    const found = ofReact(at) ?? ofVue(at) ?? ofSvelte(at) ?? ofPage(at)
    if (found && found.marks.length > 0) return { ...found, own: found.own && at === element, marks: found.marks.slice(0, MOST_MARKS) }
  }
  return { own: false, made: '', marks: [] }
}

function ofReact(element: Element): Marks | undefined {
  const key = Object.keys(element).find((name) => name.startsWith('__reactFiber$'))
  const fiber = key === undefined ? undefined : (element as unknown as Record<string, Fiber>)[key]
  if (!fiber) return undefined
  const own = placeOf(fiber)
  const found: Marks = { own: own !== undefined, made: '', marks: own ? [own] : [] }
  for (let at = fiber.return; at; at = at.return) {
    const place = placeOf(at)
    if (!place) continue
    const component = typeof at.type !== 'string'
    if (found.marks.length === 0 && component) found.made = componentName(at.type)
    if (component || found.marks.length === 0) found.marks.push(place)
  }
  return found
}

/** Either of the two trees that React keeps may be the one that shows. */
function placeOf({ memoizedProps, alternate }: Fiber): PlaceMark | undefined {
  const places = [memoizedProps, alternate?.memoizedProps].flatMap((props) => (props && placeOfProps(props)) ?? [])
  return places.find(isNewest) ?? places[0]
}

function componentName(type: unknown): string {
  const { displayName, name, render, type: inner } = (typeof type === 'function' || (typeof type === 'object' && type !== null) ? type : {}) as { displayName?: unknown; name?: unknown; render?: unknown; type?: unknown }
  if (typeof displayName === 'string' && displayName) return displayName
  if (typeof name === 'string' && name) return name
  return render ?? inner ? componentName(render ?? inner) : ''
}

function ofVue({ __vnode: node, __vueParentComponent: around }: Known): Marks | undefined {
  if (!node && !around) return undefined
  const own = node && ofVueNode(node)
  const found: Marks = { own: own !== undefined, made: '', marks: own ? [own] : [] }
  for (let at = around ?? null; at; at = at.parent) {
    const place = ofVueNode(at.vnode)
    if (!place) continue
    if (found.marks.length === 0) found.made = at.type.name ?? at.type.__name ?? ''
    found.marks.push(place)
  }
  return found
}

function ofVueNode({ props, ctx }: VueNode): PlaceMark | undefined {
  const mark = props?.['ref_key'] ?? props?.['']
  const file = ctx?.type.__file
  const found = typeof mark === 'string' && file !== undefined ? /^(\w+):(\d+)$/.exec(mark) : null
  return found ? { file: file!, hash: found[1]!, at: Number(found[2]) } : undefined
}

function ofSvelte({ __svelte_meta: meta }: Known): Marks | undefined {
  if (!meta) return undefined
  const { loc } = meta
  const found: Marks = { own: loc !== undefined, made: '', marks: loc ? [{ file: loc.file, line: loc.line, column: loc.column }] : [] }
  for (let at = meta.parent ?? null; at; at = at.parent) {
    if (at.type !== 'component') continue
    if (found.marks.length === 0) found.made = at.componentTag ?? ''
    found.marks.push({ file: at.file, line: at.line, column: at.column })
  }
  return found
}

function ofPage(element: Element): Marks | undefined {
  const { written } = globalThis.__sayso ?? {}
  const at = written?.at.get(element)
  return written && at !== undefined ? { own: true, made: '', marks: [{ file: written.file, hash: written.hash, at }] } : undefined
}

/** The same for all that comes from one place. */
export const markKey = ({ file, hash, n, at, line, column }: PlaceMark): string => [file, hash, n, at, line, column].join(' ')
