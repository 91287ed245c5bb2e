import type { FileMap } from '../engine/engine.ts'

/** What is imported (`module`, `variable`; `factory`: a function makes the app) or run (`script`) in `folder`. */
export interface PythonStart { folder: string; module: string; variable: string; factory: boolean; script: string }

/** To the worker. `runtime` and `wheels` are paths at the preview's host; `kept` is what the app wrote, for an interpreter that has just begun. `body` of a request is the visitor's, whole. `asked`: JSON for `sqlite_look.py`. */
export type ToPython =
  | { type: 'start'; runtime: string; wheels: string[]; files: FileMap; kept: [string, Uint8Array][]; start: PythonStart }
  | { type: 'ask'; number: number; method: string; path: string; query: string; headers: [string, string][]; body: Uint8Array }
  | { type: 'forget' }
  | { type: 'look'; number: number; asked: string }
  | { type: 'ping' }

/** Why an app did not start. Lines count from 1, 0: none. */
export interface PythonTrouble { message: string; file: string; line: number; frame: string }

/** From the worker. Everything in it may be written by hostile code: data, never instructions. */
export type FromPython =
  | { type: 'phase'; phase: 'boot' | 'dependencies' | 'start' }
  | { type: 'started'; trouble: PythonTrouble | null }
  | { type: 'broken'; message: string }
  | { type: 'lines'; stream: 'stdout' | 'stderr'; lines: string[] }
  | { type: 'answer'; number: number; status: number; headers: [string, string][]; body: Uint8Array }
  | { type: 'wrote'; changed: [string, Uint8Array][]; gone: string[] }
  | { type: 'looked'; number: number; answer: string }
  | { type: 'pong' }

/** The two window messages of the handshake; all else goes over the port. */
export const PYTHON_HELLO = 'sayso:python:hello'
export const PYTHON_CONNECT = 'sayso:python:connect'
