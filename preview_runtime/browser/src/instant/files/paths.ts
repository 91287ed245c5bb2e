/** Paths inside the project are kept absolute (`/src/App.tsx`) while compiling: that is also how they are served. */

export const absolute = (path: string): string => (path.startsWith('/') ? path : '/' + path)

/** The path as people know it. */
export const shown = (path: string): string => path.replace(/^\//, '')

export const folder = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `.tsx` for `/src/App.tsx`; empty where there is none. */
export function extension(path: string): string {
  const name = fileName(path)
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot).toLowerCase() : ''
}

/** `specifier` (`./x`, `../x`, `/x`) seen from the file `importer`. Steps above the root stay at the root. */
export function join(importer: string, specifier: string): string {
  const parts: string[] = []
  for (const part of (specifier.startsWith('/') ? specifier : folder(importer) + specifier).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return '/' + parts.join('/')
}

/** The shortest relative specifier that leads from the file `importer` to `target`. */
export function relativeSpecifier(importer: string, target: string): string {
  const from = folder(importer).split('/').slice(1, -1)
  const to = target.split('/').slice(1)
  let same = 0
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same++
  const up = '../'.repeat(from.length - same)
  return (up || './') + to.slice(same).join('/')
}
