/**
 * Glob patterns as state sets instead of regular expressions: each character of a path is looked at once per state of
 * the pattern, for every path and pattern; a regular expression could take exponential time. (R. Cox, Regular
 * Expression Matching Can Be Simple And Fast, swtch.com/~rsc/regexp/regexp1.html.)
 */

/** Longer patterns are ignored: nobody writes one by hand. */
export const LONGEST_PATTERN = 1_000

interface State { takes?: (c: string) => boolean; next: number[] }

/** `*` and `?` stay within a name, `**` does not; `{a,b}` and `[a-c]` are choices. Its caller bounds its length (`LONGEST_PATTERN`). */
export function wildcard(pattern: string): (path: string) => boolean {
  const states: State[] = []
  const add = (next: number[] = [], takes?: State['takes']): number => states.push(takes ? { takes, next } : { next }) - 1
  const end = add()
  // Read from the end, so that the continuation of each part is known.
  const parts = partsOf(pattern)
  const start = build(parts, end)
  return (path) => matches(states, start, end, path)

  function build(list: Part[], after: number): number {
    for (const part of list.toReversed()) {
      if (part.kind === 'choice') after = add(part.options.map((option) => build(option, after)))
      else if (part.kind === 'one') after = add([after], part.takes)
      else if (part.kind === 'folders') after = folders(after)
      else {
        const loop = add([after])
        states[loop]!.next.push(add([loop], part.kind === 'many' ? inName : anything))
        after = loop
      }
    }
    return after
  }

  /** Any number of whole folder names, each with its slash. */
  function folders(after: number): number {
    const begin = add([after])
    const name = add()
    states[name]!.next.push(add([name], inName), add([begin], (c) => c === '/'))
    states[begin]!.next.push(add([name], inName))
    return begin
  }
}

type Part = { kind: 'one'; takes(c: string): boolean } | { kind: 'many' | 'all' | 'folders' } | { kind: 'choice'; options: Part[][] }

const inName = (c: string): boolean => c !== '/'
const anything = (): boolean => true

function partsOf(pattern: string): Part[] {
  const open: { options: Part[][] }[] = [{ options: [[]] }]
  const put = (part: Part): void => { open.at(-1)!.options.at(-1)!.push(part) }
  const close = (): void => { put({ kind: 'choice', options: open.pop()!.options }) }
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '*' && pattern[i + 1] === '*') {
      i++
      if (pattern[i + 1] === '/') { i++; put({ kind: 'folders' }) } else put({ kind: 'all' })
    } else if (c === '*') put({ kind: 'many' })
    else if (c === '?') put({ kind: 'one', takes: inName })
    else if (c === '{') open.push({ options: [[]] })
    else if (c === '}' && open.length > 1) close()
    else if (c === ',' && open.length > 1) open.at(-1)!.options.push([])
    else if (c === '[' && pattern.indexOf(']', i + 2) !== -1) {
      const last = pattern.indexOf(']', i + 2)
      put({ kind: 'one', takes: characterClass(pattern.slice(i + 1, last)) })
      i = last
    } else put({ kind: 'one', takes: (other) => other === c })
  }
  while (open.length > 1) close()
  return open[0]!.options[0]!
}

/** The content of `[…]`: characters, ranges, and a leading `!` or `^` for the complement. */
function characterClass(text: string): (c: string) => boolean {
  const negative = text.length > 1 && (text[0] === '!' || text[0] === '^')
  const set = negative ? text.slice(1) : text
  return (c) => {
    if (c === '/') return false
    for (let i = 0; i < set.length; i++) {
      if (set[i + 1] === '-' && i + 2 < set.length) {
        if (c >= set[i]! && c <= set[i + 2]!) return !negative
        i += 2
      } else if (set[i] === c) return !negative
    }
    return negative
  }
}

function matches(states: State[], start: number, end: number, path: string): boolean {
  let now = reached(states, [start])
  for (const c of path) {
    const after: number[] = []
    for (const at of now) if (states[at]!.takes?.(c)) after.push(...states[at]!.next)
    if (after.length === 0) return false
    now = reached(states, after)
  }
  return now.has(end)
}

/** With all states that can be reached without reading a character. */
function reached(states: State[], from: number[]): Set<number> {
  const seen = new Set(from)
  for (const at of seen) {
    if (states[at]!.takes) continue
    for (const next of states[at]!.next) seen.add(next)
  }
  return seen
}
