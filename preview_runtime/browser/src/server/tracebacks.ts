/** A Python error as one line of the log: what it was, then the places in the author's files. */
export interface PythonError { text: string; at: string; file?: string; line?: number }

const BEGINS = 'Traceback (most recent call last):'
const FRAME = /^\s+File "([^"]+)", line (\d+)/
const OWN = /^\/app\/(?!\.sayso\/|.*\/site-packages\/)(.+)/
/** A traceback whose end does not come is told without it: a process may be ended in the middle. */
const UNFINISHED_MS = 1_000
const MOST_LINES = 400

/** Collects the lines of a traceback. Those of packages are left out where there are lines of the author's own. */
export class Tracebacks {
  #lines: string[] | undefined
  #at = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #tell: (error: PythonError) => void

  constructor(tell: (error: PythonError) => void) { this.#tell = tell }

  /** Whether the line belongs to a traceback, and is told with it. */
  take(text: string, at: string): boolean {
    if (text.trim() === BEGINS) { this.#finish(); this.#lines = []; this.#at = at; this.#wait(); return true }
    if (!this.#lines) return false
    if ((text === '' || /^\s/.test(text)) && this.#lines.length < MOST_LINES) { this.#lines.push(text); this.#wait(); return true }
    this.#finish(text)
    return true
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#lines = undefined
  }

  #wait(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#finish(), UNFINISHED_MS)
  }

  #finish(last = ''): void {
    clearTimeout(this.#timer)
    const lines = this.#lines
    this.#lines = undefined
    if (!lines) return
    const own: string[] = []
    let place: { file: string; line: number } | undefined
    let mine = false
    for (const line of lines) {
      const frame = FRAME.exec(line)
      if (frame) {
        const file = OWN.exec(frame[1]!)?.[1]
        mine = file !== undefined
        if (file !== undefined) place = { file, line: Number(frame[2]) }
      }
      if (mine) own.push(line.replace('File "/app/', 'File "'))
    }
    this.#tell({ text: [last || BEGINS, ...(own.length ? own : lines)].join('\n'), at: this.#at, ...place })
  }
}
