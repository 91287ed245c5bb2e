import type { components } from './walk-schema.d.ts'

/** A walk as the project keeps it: the types of `builder.projects.walks`. */
type Schemas = components['schemas']

/** What is not said is left out. */
type Said<T> = T extends object ? { [Name in keyof T]: Said<Exclude<T[Name], null>> } : T

export type Walk = Said<Schemas['Walk']>
export type WalkStep = Walk['steps'][number]
export type WalkTarget = Said<Schemas['WalkTarget']>

/** Why a step failed; a person reads it by the key `walk.<why>` of the catalogue. */
export type Why =
  /** Nothing of that kind is there. */
  | 'none'
  /** More than one fits, and the step is about one. */
  | 'many'
  /** It is there, with something else over it. */
  | 'covered'
  | 'disabled'
  /** It is not what can be typed into, chosen from, or checked. */
  | 'unfit'
  | 'no_option'
  /** It is there in another state. */
  | 'state'
  | 'count'
  | 'still_there'
  | 'not_stored'
  | 'elsewhere'
  | 'no_way_back'
  /** The app threw: `saw` holds what. */
  | 'threw'
  /** The page does not answer any more, or did not come. */
  | 'stuck'
  | 'no_page'
  /** The walk as a whole took too long. */
  | 'slow'

export const WHY: ReadonlySet<string> = new Set<Why>(['none', 'many', 'covered', 'disabled', 'unfit', 'no_option', 'state', 'count', 'still_there', 'not_stored', 'elsewhere', 'no_way_back', 'threw', 'stuck', 'no_page', 'slow'])

/**
 * How a step ended. `saw`: what was there instead, in the words of the page. `shown`: what the page shows after a step that
 * went well, line by line: words, a tab, and a digest of the looks.
 */
export interface Outcome { why?: Why; saw: string[]; shown?: string[] }
