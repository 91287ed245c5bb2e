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
