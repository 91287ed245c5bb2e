import { hash } from '../files/hash.ts'

/** The place that sucrase gives to each element: where it ends, or in its props where the key comes behind a spread. */
const SITE = /\{fileName: _jsxFileName\d*, lineNumber: \d+\}/g
const MAKERS = /import \{(?:jsxDEV as (_jsxDEV\d*)|createElement as (_createElement\d*))[^}]*\} from "[^"]+";/g

/**
 * Lets a page of React know where each element was written, without a trace in what it shows: the functions that make
 * elements are wrapped (`$$placed`, `$$placedElement` of `client.ts`), and each call has the element's number. What the
 * number stands for is found out only when a person points at the element (`places/`): that costs a compile nothing.
 * Lines stay as they are. Undefined where there is no JSX.
 */
export function withPlaces(path: string, source: string, code: string): string | undefined {
  if (!code.includes('_jsxFileName')) return undefined
  let n = 0
  const numbered = code.replace(SITE, (site) => `${site.slice(0, -1)}, n: ${n++}}`)
  const where = `${JSON.stringify(path)},"${hash(source)}"`
  return numbered.replace(MAKERS, (line, jsx?: string, element?: string) => {
    const [name, made, wrap] = jsx === undefined ? [element!, 'createElement', '$$placedElement'] : [jsx, 'jsxDEV', '$$placed']
    return `${line.replace(`${made} as ${name}`, () => `${made} as $$${name}`)}const ${name}=${wrap}($$${name},${where});`
  })
}
