/** What an app keeps in SQLite, as the builder shows it: asked of the worker, and checked, as an app's own code may answer. */

export interface StoredTable { name: string; view: boolean; rows: number | null }
export interface StoredFile { path: string; size: number; tables: StoredTable[]; problem: string }
/** `{ bytes }` stands for bytes that are no text. */
export type StoredCell = string | number | null | { bytes: number }
export interface StoredRows { columns: string[]; rows: StoredCell[][]; count: number | null }
export interface RowsAsked { file: string; table: string; sort: string; descending: boolean; filter: string; offset: number; limit: number }

/** Why nothing can be shown: gone, busy, damaged, slow. */
export class NotStored extends Error {}

const SECONDS = 15
const MOST = { files: 20, tables: 100, columns: 60, rows: 200, letters: 400 }
const PROBLEMS = new Set(['busy', 'damaged', 'slow'])

/** The questions that are open. `send` brings one to the worker. */
export class Looks {
  readonly #send: (number: number, asked: string) => void
  readonly #open = new Map<number, (answer: string) => void>()
  #number = 0

  constructor(send: (number: number, asked: string) => void) { this.#send = send }

  async files(): Promise<StoredFile[]> {
    return list(record(await this.#ask({ folders: ['node_modules', '__pycache__', '.git'] })).files, MOST.files).map((raw) => {
      const { path, size, tables, problem } = record(raw)
      return {
        path: text(path), size: count(size) ?? 0, problem: PROBLEMS.has(String(problem)) ? String(problem) : '',
        tables: list(tables, MOST.tables).map(record).map((table) => ({ name: text(table.name), view: table.view === true, rows: count(table.rows) })),
      }
    })
  }

  async rows(asked: RowsAsked): Promise<StoredRows> {
    const found = record(await this.#ask({ ...asked }))
    const columns = list(found.columns, MOST.columns).map(text)
    return { columns, rows: list(found.rows, MOST.rows).map((row) => list(row, columns.length).map(cell)), count: count(found.count) }
  }

  answered(number: number, answer: string): void { this.#open.get(number)?.(answer) }

  /** Whoever answers is gone. */
  end(): void { for (const answer of [...this.#open.values()]) answer('{"failed": "gone"}') }

  async #ask(asked: object): Promise<unknown> {
    const number = ++this.#number
    const { promise, resolve } = Promise.withResolvers<string>()
    const late = setTimeout(() => resolve('{"failed": "slow"}'), SECONDS * 1_000)
    this.#open.set(number, resolve)
    this.#send(number, JSON.stringify(asked))
    try {
      const found = record(JSON.parse(await promise))
      if (found.failed !== undefined) throw new NotStored(PROBLEMS.has(String(found.failed)) ? String(found.failed) : 'gone')
      return found
    } catch (error) {
      throw error instanceof NotStored ? error : new NotStored('damaged')
    } finally {
      clearTimeout(late)
      this.#open.delete(number)
    }
  }
}

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {})
const list = (value: unknown, most: number): unknown[] => (Array.isArray(value) ? value.slice(0, most) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MOST.letters) : '')
const count = (value: unknown): number | null => (typeof value === 'number' && value >= 0 ? value : null)

function cell(value: unknown): StoredCell {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return text(value)
  return typeof value === 'object' && value !== null ? { bytes: count(record(value).bytes) ?? 0 } : null
}
