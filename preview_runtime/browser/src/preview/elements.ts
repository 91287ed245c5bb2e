/** Where the elements of React were written: kept beside them, by their props, which is what the page's nodes lead to. */

/** `n`: the how manieth element of the file; `hash` of the text it was compiled from. */
export interface ElementPlace { file: string; hash: string; n: number }

type Made = { props?: object } | null
type Maker = (type: unknown, config: unknown, ...rest: unknown[]) => Made

const places = new WeakMap<object, ElementPlace>()
const newest = new Map<string, string>()

const note = (made: Made, n: unknown, file: string, hash: string): Made => {
  if (typeof n === 'number' && made?.props) places.set(made.props, { file, hash, n })
  return made
}

/** `jsxDEV`, noting where each element is from. */
export function placed(jsx: Maker, file: string, hash: string): Maker {
  newest.set(file, hash)
  return (type, config, ...rest) => note(jsx(type, config, ...rest), (rest[2] as { n?: unknown } | undefined)?.n, file, hash)
}

/** `createElement`, for elements whose key comes behind a spread. */
export function placedElement(create: Maker, file: string, hash: string): Maker {
  newest.set(file, hash)
  return (type, config, ...rest) => note(create(type, config, ...rest), (config as { __source?: { n?: unknown } } | null)?.__source?.n, file, hash)
}

export const placeOfProps = (props: object): ElementPlace | undefined => places.get(props)

/** Whether it was compiled from the newest text of its file that this page has. */
export const isNewest = ({ file, hash }: ElementPlace): boolean => newest.get(file) === hash
