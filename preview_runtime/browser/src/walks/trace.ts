import { digest } from '../engine/digest.ts'

/**
 * What was shown when a walk went well, to be kept: each line once, and per look the step after which it was and which
 * lines there were. `of`: the walk, the browser and how we look, as another one shows something else.
 */
export interface Kept { of: string; lines: string[]; looks: { step: number; shown: number[] }[] }

/**
 * The first look at which something else was shown, `step` counting from 1 (0: before the first). `gone` and `come`: the
 * words of what was there and is not, and the other way round. `looks`: of what is there as before and looks different.
 * `behind`: nothing of it is seen.
 */
export interface Difference { step: number; gone: string[]; come: string[]; looks: string[]; behind: boolean }

const NAMED = 6
/** Goes on with each change of what is looked at, or of how people stroll: nothing is compared with what was kept before it. */
const FORM = 4

export class Trace {
  readonly kept: Kept
  readonly #known = new Map<string, number>()

  constructor(walk: string) {
    this.kept = { of: digest([FORM, walk, navigator.userAgent, devicePixelRatio].join()), lines: [], looks: [] }
  }

  add(step: number, shown: string[]): void {
    this.kept.looks.push({ step, shown: shown.map((line) => this.#number(line)) })
  }

  #number(line: string): number {
    const known = this.#known.get(line)
    if (known !== undefined) return known
    this.#known.set(line, this.kept.lines.length)
    return this.kept.lines.push(line) - 1
  }
}

/** `whole`: whether the walk came to its end; what comes after the step that failed is no difference. */
export function differs(before: Kept, after: Kept, whole = true): Difference | undefined {
  if (before.of !== after.of) return undefined
  for (let i = 0; i < (whole ? Math.max(before.looks.length, after.looks.length) : after.looks.length); i++) {
    const [was, is] = [linesOf(before, i), linesOf(after, i)]
    if (was.length === is.length && was.every((line, at) => line === is[at])) continue
    const gone = without(was, is)
    const come = without(is, was)
    const [goneWords, comeWords] = [without(gone.map(words), come.map(words)), without(come.map(words), gone.map(words))]
    // What only moved, or was only turned round, is named by what it is.
    const moved = gone.length + come.length > 0 ? come.map(words) : is.filter((line, at) => line !== was[at]).map(words)
    const named = (all: string[]): string[] => [...new Set(all.filter((one) => one !== ''))].slice(0, NAMED)
    const difference = { step: (after.looks[i] ?? before.looks[i])!.step, gone: named(goneWords), come: named(comeWords), looks: goneWords.length + comeWords.length > 0 ? [] : named(moved) }
    return { ...difference, behind: [...gone, ...come].every((line) => words(line) === '') }
  }
  return undefined
}

const linesOf = ({ lines, looks }: Kept, at: number): string[] => (looks[at]?.shown ?? []).map((number) => lines[number] ?? '')

const words = (line: string): string => line.slice(0, line.indexOf('\t'))

/** `all` without as many of each as `others` has. */
function without(all: string[], others: string[]): string[] {
  const left = new Map<string, number>()
  for (const one of others) left.set(one, (left.get(one) ?? 0) + 1)
  return all.filter((one) => {
    const count = left.get(one) ?? 0
    left.set(one, count - 1)
    return count <= 0
  })
}
