/** What a person points at in the running app, and where it is written. */

/**
 * Where something was written, as the page knows it. `n`: the how manieth JSX element of the file, as compiled JSX names them;
 * `at`: an offset in the template or page that has the `hash`; `line`, `column`: a place in a Svelte file.
 */
export interface PlaceMark { file: string; hash?: string; n?: number; at?: number; line?: number; column?: number }

/**
 * What the page tells of an element; hostile code may have written it. `marks`: its own place if `own`, else of the
 * nearest thing around it that has one; then those of the components it is in, the nearest first. `made`: the component
 * of a library that made it, or "". `text`: its own words. `repeated`: how many
 * elements come from the same place, `nth`: which of them it is.
 */
export interface Pointed { tag: string; text: string; own: boolean; made: string; marks: PlaceMark[]; repeated: number; nth: number }

/**
 * A text that the person wrote over another. `nth` of `same`: which of the texts with the same words that come from the
 * same place, in the order of the page.
 */
export interface Retyped { from: string; to: string; nth: number; same: number }

/** What of a look a person can change, as CSS names it. */
export const LOOKS = [
  'color', 'background-color', 'font-size', 'font-weight', 'gap', 'border-radius', 'width',
  ...(['padding', 'margin'] as const).flatMap((side) => [side, `${side}-block`, `${side}-inline`, `${side}-top`, `${side}-right`, `${side}-bottom`, `${side}-left`] as const),
] as const
export type Look = (typeof LOOKS)[number]

/** The rule that decides about a look. `sheet`: the file or address that it came from; `around`: the conditions around it, the outermost first. */
export interface Ruling { sheet: string; selector: string; around: string[] }

/**
 * What decides about a look, as the page knows it. `inline`: the element's own style; else `rule`, where one does. `rem`:
 * pixels of 1rem.
 */
export interface Decided { inline: boolean; rem: number; rule?: Ruling }

/** Another value of a look, as CSS. */
export interface Restyled extends Decided { property: Look; value: string }

/** How an element looks: lengths in pixels, colours as #rrggbb; what does not apply to it is left out. `box`: where it is in the frame. `picture`: what an image shows and says. */
export interface Shown { box: { x: number; y: number; width: number; height: number }; looks: Partial<Record<Look, string>>; picture?: { src: string; alt: string } }

/** Where something goes among what is beside it. */
export interface Ordered { deed: 'up' | 'down' | 'delete' | 'duplicate' }

/** Another value of an attribute that now is `from`. */
export interface Described { name: 'src' | 'alt'; from: string; to: string }

/** What a person changes of what they point at. */
export type Change = { kind: 'text'; retyped: Retyped } | { kind: 'look'; restyled: Restyled } | { kind: 'order'; ordered: Ordered } | { kind: 'attribute'; described: Described }

/**
 * Where something is written. `path` as in the project; offsets in UTF-16 units, lines and columns from 1. `component`:
 * in which function or file. `listed`: it stands for every entry of a list. `exact`: it is the element itself, and not the
 * nearest place to it. `text`: what is written there.
 */
export interface SourcePlace {
  path: string
  start: number
  end: number
  line: number
  column: number
  endLine: number
  component: string
  tag: string
  listed: boolean
  exact: boolean
  text: string
}

/** A change of one span; `source`: the whole file that it is meant for. */
export interface SpanEdit { path: string; start: number; end: number; text: string; source: string }

/** Why a change cannot be written back. `composed`: the look is put together by code; `alone`: there is nothing beside it that it could change places with. */
export type NotWritten = 'computed' | 'several' | 'stale' | 'unplaced' | 'unsafe' | 'composed' | 'alone'

export type Written = { edit: SpanEdit } | { why: NotWritten; place?: SourcePlace }

/** What happens while a person points. `aiming`: from here on, what is pressed does not reach the app. */
export type PointingEvent =
  | { type: 'aiming' }
  /** `chosen`: they picked it, and do not only look at it on the way; `again`: it is the same, after an update. */
  | { type: 'aimed'; pointed: Pointed; chosen: boolean; again: boolean; shown?: Shown }
  /** They wrote another text on what is shown. */
  | { type: 'retyped'; n: number; pointed: Pointed; retyped: Retyped }
  /** What decides about the look that was asked for. */
  | { type: 'decided'; n: number; pointed: Pointed; decided: Decided }
  /** They do not want to point any more. */
  | { type: 'unaimed' }

/** Lets a person point at what the app shows, and says where it is written. */
export interface ElementPointer {
  /** Returns the function that ends the subscription. */
  on(listener: (event: PointingEvent) => void): () => void
  aim(on: boolean): void
  /** The text of what is picked is to be typed over, in the page. */
  retype(): void
  /** What was retyped could not be written: the former text is shown again. */
  unwritten(n: number): void
  /** Shows a look of what is picked; "" ends that. Nothing is written. */
  paint(property: Look, value: string): void
  /** What decides about a look of what is picked? Answered by an event with this number. */
  decide(n: number, property: Look): void
  /** What is painted has been written: the next update shows it. */
  settle(): void
  /** With the next update what is picked has moved by `step` among what is beside it; 0: it is gone. */
  follow(step: -1 | 0 | 1): void
  /** Undefined where it is not known. */
  place(pointed: Pointed): Promise<SourcePlace | undefined>
  rewrite(pointed: Pointed, change: Change): Promise<Written>
}
