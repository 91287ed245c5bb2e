/** A message for a person, without the words: those belong to the code that knows the person's language. */
export interface Phrase { key: string; values?: Record<string, Value> }

/** Text that a tool or a person wrote is a value, and stays as it is. */
export type Value = string | number | Phrase

/** A tool's message may be as long as a file. */
const MOST_CHARACTERS = 10_000

/** A sentence, or a part of one: `key` names its text in the catalogue, `values` fill it. */
export function phrase(key: string, values?: Record<string, Value>): Phrase {
  if (!values) return { key }
  return { key, values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MOST_CHARACTERS) : value])) }
}

/** Text without a key: words of a tool, or text that is in the person's language already. */
export const verbatim = (text: string): Phrase => phrase('phrase.verbatim', { text })

/** A failure on its way to where it is shown: `code` is for programs, `says` for the person. */
export class Failure extends Error {
  readonly code: string
  readonly says: Phrase

  constructor(code: string, says: Phrase) {
    super(says.key)
    this.code = code
    this.says = says
  }
}

/** The message of something that was thrown: its phrase, or its own text. */
export function reasonOf(error: unknown): Phrase {
  if (error instanceof Failure) return error.says
  return verbatim((error as { message?: string } | null | undefined)?.message ?? String(error))
}
