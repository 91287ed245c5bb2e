const MAX_DAMAGES = 40

/** What is wrong, and the text with it: as a whole, then what lies inside, from the outside in. */
export function damages(text: string): [string, string][] {
  const found: [string, string][] = [['cut off', text.slice(0, -1) || '{'], ['null', 'null'], ['a number', '7'], ['a list', '[]'], ['an object', '{}']]
  let whole: unknown
  try { whole = JSON.parse(text) } catch { return found }
  const inside: { at: string; value: unknown; put(other: unknown): unknown }[] = [{ at: 'value', value: whole, put: (other) => other }]
  for (let part; (part = inside.shift());) {
    const { at, value, put } = part
    for (const [how, other] of others(value)) found.push([`${at} ${how}`, JSON.stringify(put(other))])
    if (typeof value !== 'object' || value === null) continue
    // The first of a list stands for all.
    for (const [key, inner] of Array.isArray(value) ? [...value.entries()].slice(0, 1) : Object.entries(value)) {
      inside.push({ at: `${at}.${key}`, value: inner, put: (other) => put(Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other }) })
    }
  }
  return found.slice(0, MAX_DAMAGES)
}

function others(value: unknown): [string, unknown][] {
  if (typeof value === 'number') return [['as text', 'Abc 12'], ['below zero', -1]]
  if (typeof value === 'string') return [['as a number', 7], ['unknown', 'Abc 12']]
  if (Array.isArray(value)) return value.length > 0 ? [['as text', 'Abc 12'], ['empty', []]] : [['as text', 'Abc 12'], ['with nothing in it', [null]]]
  return [['as text', 'Abc 12'], ...(value === null ? [] : [['as nothing', null] as [string, unknown]])]
}
