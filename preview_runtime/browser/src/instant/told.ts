import { phrase, verbatim } from '../engine/phrase.ts'
import type { EngineEvent, Fault } from '../engine/engine.ts'
import type { FromPage } from '../preview/messages.ts'

/** What a page says of itself, as events. `place`: a file by the path that the person knows. */

type Place = (file: string) => string

export function toldLog({ level, note, at, file, line, text }: Extract<FromPage, { type: 'log' }>, place: Place): EngineEvent {
  return { type: 'log', level, text: note === undefined ? text : phrase(`engine.page.${note}`, { what: text }), at, ...(file ? { file: place(file), line } : {}) }
}

/** `painted`: the page has shown the app before. */
export function toldError(message: Extract<FromPage, { type: 'error' }>, place: Place, painted: boolean): { log: EngineEvent; fault: Fault } {
  const { line, column, at, source } = message
  const file = message.file && place(message.file)
  const says = source === 'load' ? phrase('engine.page.no_script', { address: message.message }) : verbatim(message.message)
  const text = source === 'load' ? says : message.stack.includes(message.message) ? message.stack : `${message.message}\n${message.stack}`.trimEnd()
  return {
    log: { type: 'log', level: 'error', text, at, ...(file ? { file, line } : {}) },
    fault: { kind: 'runtime', code: source, says, ...(painted && message.shows && source !== 'update' ? { runs: true } : {}), ...(file ? { file, line, column } : {}) },
  }
}
