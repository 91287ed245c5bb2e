import type { components } from './walk-schema.d.ts'

/** A walk as the project keeps it: the types of `builder.projects.walks`. */
type Schemas = components['schemas']

/** What is not said is left out. */
type Said<T> = T extends object ? { [Name in keyof T]: Said<Exclude<T[Name], null>> } : T

export type Walk = Said<Schemas['Walk']>
export type WalkStep = Walk['steps'][number]
export type WalkTarget = Said<Schemas['WalkTarget']>

/** The roles that a target may name. */
export const ROLES: Record<NonNullable<WalkTarget['role']>, true> = {
  alert: true, alertdialog: true, article: true, banner: true, blockquote: true, button: true, caption: true, cell: true, checkbox: true, code: true,
  columnheader: true, combobox: true, complementary: true, contentinfo: true, definition: true, dialog: true, feed: true, figure: true, form: true, grid: true,
  gridcell: true, group: true, heading: true, img: true, link: true, list: true, listbox: true, listitem: true, log: true, main: true, mark: true, menu: true,
  menubar: true, menuitem: true, menuitemcheckbox: true, menuitemradio: true, meter: true, navigation: true, note: true, option: true, paragraph: true,
  progressbar: true, radio: true, radiogroup: true, region: true, row: true, rowgroup: true, rowheader: true, scrollbar: true, search: true, searchbox: true,
  separator: true, slider: true, spinbutton: true, status: true, switch: true, tab: true, table: true, tablist: true, tabpanel: true, term: true,
  textbox: true, time: true, timer: true, toolbar: true, tooltip: true, tree: true, treegrid: true, treeitem: true,
}

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
