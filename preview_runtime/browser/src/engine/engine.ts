/** What every preview engine offers the page that shows it, whatever runs behind it. */
import type { ElementPointer } from './place.ts'
import type { Phrase } from './phrase.ts'

/** Project-relative POSIX path → text or bytes. */
export type FileMap = Record<string, string | Uint8Array>

/** `delete` is applied first, then `put`. A file that is put is closed: its text is whole. */
export interface Changes { put: FileMap; delete: string[] }

export type Phase = 'queued' | 'boot' | 'dependencies' | 'build' | 'start' | 'listening' | 'painted'

export interface Suggestion { label: Phrase; changes?: Changes }

/**
 * Something that keeps the app from running: `code` is for programs, `says` for the person. `line` and `column` count from
 * 1; `frame` shows the lines around it.
 */
export interface Fault {
  kind: 'protocol' | 'policy' | 'build' | 'runtime' | 'walk' | 'platform'
  code: string
  says: Phrase
  file?: string
  line?: number
  column?: number
  frame?: string
  suggestion?: Suggestion
  /** The app goes on: it shows what it showed. */
  runs?: true
}

export type LogLevel = 'log' | 'info' | 'warn' | 'error' | 'debug'

/** `files`: what the app's own tools changed in the project's files; `ms` counts from the call that caused the event; `faulty`: what was reported of this page holds for what it shows by now; `at` is milliseconds since the epoch; `mark`: not the app's own words,
 * such as where a run begins; `replaced`: nobody comes back to the page before it. A `text` that is a phrase is ours. */
export type EngineEvent =
  | { type: 'phase'; phase: Phase; ms: number }
  | { type: 'painted'; ms: number; update: boolean; faulty?: boolean }
  | { type: 'fault'; fault: Fault }
  | { type: 'cleared' }
  | { type: 'log'; level: LogLevel; text: string | Phrase; at: number; file?: string; line?: number; mark?: boolean }
  | { type: 'navigated'; path: string; replaced?: boolean }
  | { type: 'url'; url: string }
  | { type: 'files'; changes: Changes }
  | { type: 'hang' }

export interface PreviewEngine {
  readonly kind: 'instant' | 'webcontainer' | 'pyodide' | 'docker'
  /** Only an engine that compiles the app itself knows where what it shows is written. */
  readonly pointer?: ElementPointer
  /** Starts from these files. `complete: false`: more are coming, what is missing is waited for. */
  start(files: FileMap, options?: { complete: boolean }): Promise<void>
  update(changes: Changes, options?: { complete: boolean }): Promise<void>
  /** Goes back or forward where `path` is the page next to the present one. */
  navigate(path: string): void
  reload(): Promise<void>
  stop(): Promise<void>
  /** Returns the function that ends the subscription. */
  on(listener: (event: EngineEvent) => void): () => void
}

/** The prebundled packages of a project. Files are names below `base`; `imports` lists the chunks each file loads. */
export interface DependencySet {
  hash: string
  base: string
  modules: Record<string, string>
  styles: Record<string, string>
  imports: Record<string, string[]>
  errors: Record<string, string>
  /** Why the package of a specifier is held back, and not installed. */
  held?: Record<string, string>
}

/** npm packages with their version ranges, and the import specifiers that must resolve. */
export interface DependencyRequest { dependencies: Record<string, string>; specifiers: string[] }

/** One file as the preview host serves it. */
export interface OutputFile { type: string; body: string | Uint8Array }

/** The changed files, or all files (`replace`). */
export interface Output { replace: boolean; files: Record<string, OutputFile>; delete: string[] }
