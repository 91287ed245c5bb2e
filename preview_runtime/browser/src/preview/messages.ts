import type { Hot } from '../instant/scripts/hot.ts'
import type { LogLevel } from '../engine/engine.ts'
import type { Look, PointingEvent } from '../engine/place.ts'
import type { LeftOut } from '../engine/recording.ts'
import type { Outcome, WalkStep } from '../engine/walk.ts'

/** A compiled app as its page names it: two pages with one `digest` have the same modules at the same addresses. */
export interface Build { digest: string; versions: Versions }

/** The numbers in the addresses of modules (by id) and of pictures and the like (by path) that have changed since the app was first compiled. */
export interface Versions { modules: Record<string, number>; assets: Record<string, number> }

/** What the page itself has to tell, each with a text of its own in the catalogue. */
export type Note = 'left_out' | 'no_storage' | 'not_loaded' | 'request_failed'

/** From the preview page to the builder. Everything in it is written by hostile code: data, never instructions. */
export type FromPage =
  /** `note`: these are not the app's words, and `text` is what the note is about. */
  | { type: 'log'; level: LogLevel; text: string; at: number; file?: string; line?: number; note?: Note }
  /** `load`: `message` is the address of a script that could not be loaded. `update`: the last one that had begun, 0 for none. `shows`: the page showed something after it. */
  | { type: 'error'; source: 'error' | 'rejection' | 'load' | 'update'; message: string; stack: string; at: number; update: number; shows: boolean; file?: string; line?: number; column?: number }
  | { type: 'painted'; at: number; update: number }
  /** What the page was loaded from, said before anything else. */
  | { type: 'build'; build: Build }
  /** `replaced`: it took the place of the page before it. */
  | { type: 'navigated'; path: string; replaced: boolean }
  | { type: 'pong'; n: number }
  /** This browser lets a page give addresses to modules it was sent (import maps added later). */
  | { type: 'encloses' }
  /** How step `n` of a walk ended, from a page that is walked through. */
  | { type: 'stepped'; n: number } & Outcome
  /** A page that is walked through needs frames: by itself it is drawn by nobody. */
  | { type: 'draws' }
  /** The page as an SVG, "" where it is too large. */
  | { type: 'drawn'; n: number; svg: string }
  /** From a page in which a walk is recorded. What bears a `key` takes the place of what bore it before in this page. */
  | { type: 'recorded'; key: number; step: WalkStep }
  | { type: 'dropped'; key: number }
  | { type: 'left_out'; why: LeftOut; words: string }
  /** The person does not want to point at anything. */
  | { type: 'pointed' }
  /** The person points at something. */
  | PointingEvent
  /** What can be expected to be seen. */
  | { type: 'there'; n: number; steps: WalkStep[] }

/** From the builder to the preview page. */
export type ToPage =
  | { type: 'update'; update: number; hot: Hot }
  | { type: 'prepare'; packages: string[]; preloads: string[] }
  | { type: 'go'; path: string; entries: string[]; preloads: string[]; texts?: Record<string, string> }
  | { type: 'reload' }
  | { type: 'navigate'; path: string }
  /** Whether the person points at elements. */
  | { type: 'aim'; on: boolean }
  /** The text of what is picked is to be typed over. */
  | { type: 'retype' }
  /** What was retyped could not be written: the former text is shown again. */
  | { type: 'unwritten'; n: number }
  /** A look of what is picked is shown before it is written; "" ends that. */
  | { type: 'paint'; property: Look; value: string }
  /** Asks what decides about a look of what is picked. */
  | { type: 'decide'; n: number; property: Look }
  /** What is painted has been written: the next update shows it. */
  | { type: 'settle' }
  /** With the next update what is picked has moved by `step`; 0: it is gone. */
  | { type: 'follow'; step: -1 | 0 | 1 }
  | { type: 'ping'; n: number }

/**
 * From the builder to a page that is walked through. `begin` loads `path` with nothing kept; `look` asks what it shows,
 * `later`, ms of its own time; `stroll`
 * asks for the next deed that is not among those `done`.
 */
export type ToWalked =
  | { type: 'begin'; path: string }
  | { type: 'step'; n: number; step: WalkStep }
  | { type: 'look'; n: number; later: number }
  | { type: 'stroll'; n: number; done: string[]; briefly: boolean }
  | { type: 'picture'; n: number }
  | { type: 'ping'; n: number }

/**
 * From the builder to a page in which a walk is recorded. `there` asks what can be seen; `expect` takes number `at` of it;
 * `point`: whether the person points at what should be there.
 */
export type ToRecorded =
  | { type: 'begin'; path: string }
  | { type: 'reload' }
  | { type: 'point'; on: boolean }
  | { type: 'there'; n: number }
  | { type: 'expect'; at: number }
  | { type: 'ping'; n: number }

/** What the client itself takes; the rest is the capture script's. */
export type ToClient = Extract<ToPage, { type: 'update' | 'prepare' | 'go' } | ToPicker>
export type ToPicker = Extract<ToPage, { type: 'aim' | 'retype' | 'unwritten' | 'paint' | 'decide' | 'settle' | 'follow' }>

/** The attribute with which an element of the page arrives: where it was written, a character offset in the page's source. */
export const WRITTEN_AT = 'data-sayso-at'

/** Type of the entry scripts of a page that waits: browsers leave them alone. */
export const HELD = 'sayso/held'

/** How the name of a frame begins in which an app is walked through: what it keeps follows, from page to page. */
export const WALKED = 'sayso:walk:'
/** The name of a frame that is another tab: what it keeps, and what time it is, it has from those that are open. */
export const tabName = (tab: number): string => `${WALKED}${JSON.stringify({ areas: [], databases: [], trail: [], page: tab * 1_000, tab: true })}`

/** The window messages of the handshake; all else goes over the port. */
export const HELLO = 'sayso:hello'
export const CONNECT = 'sayso:connect'
/** The window message of a page that shows the app before the builder listens (`builder/pages/early_app.py` waits for it). */
export const PAINTED = 'sayso:painted'
/** The window message to an app's page whose builder is about to be reloaded. */
export const LEAVING = 'sayso:leaving'

export const MAX_TEXT = 8_000
/** Messages a page may send in one second; more are counted and dropped. */
export const MAX_PER_SECOND = 200

/** The elements of an HTML page of the project, as they arrived, and what they were made from. */
export interface WrittenPage { file: string; hash: string; at: WeakMap<Element, number> }

/** What the scripts of the preview page share. Absent where nobody watches. */
export interface PageLink {
  send(message: FromPage): void
  /** Update `n` begins: what fails from here on may be its fault. */
  begins(n: number): void
  /** The frame that shows update `n` has been painted soon after this. */
  updated(n: number): void
  failed(error: unknown): void
  listen(handler: (message: ToClient) => void): void
  /** Where each element of the page itself was written. */
  written: WrittenPage
  /** Resolved once the app's own code has run: what it loads before that may be older than an update. */
  entered: Promise<void>
}

declare global {
  var __sayso: PageLink | undefined
  var __sayso_entered: (() => void) | undefined
}
