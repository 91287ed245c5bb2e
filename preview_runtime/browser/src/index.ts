export { InstantEngine } from './instant-engine.ts'
export { reasonOf, verbatim } from './engine/phrase.ts'
export { BrowserServer } from './pyodide/browser-server.ts'
export { NotStored, type Looks } from './pyodide/looks.ts'
export { ServerEngine } from './server/server-engine.ts'
export type { InstantOptions } from './instant-options.ts'
export type { RelayedAsk } from './pyodide/browser-server.ts'
export type { ServerLine, ServerOptions, ServerState } from './server/server-engine.ts'
export type { WebContainerOptions } from './webcontainer/webcontainer-engine.ts'
export type {
  Changes, DependencyRequest, DependencySet, EngineEvent, Fault, FileMap, LogLevel, Output, OutputFile, Phase, PreviewEngine, Suggestion,
} from './engine/engine.ts'
export type { Change, Decided, ElementPointer, Look, NotWritten, Ordered, SourcePlace, Pointed, Retyped, Shown, SpanEdit, Written } from './engine/place.ts'
export type { Phrase } from './engine/phrase.ts'
