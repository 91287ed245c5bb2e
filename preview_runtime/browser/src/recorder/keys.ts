/** Which keys of a person are steps of their own. */

/** As the format writes a key. */
const WRITTEN = /^(?:[!-~]|[A-Z][A-Za-z0-9]{1,19})$/
/** They lead through the page, hold others down, or are the browser's own. */
const PASSED_OVER = /^(?:Tab|Shift|Control|Alt|AltGraph|Meta|CapsLock|NumLock|ScrollLock|Fn|Dead|Process|Unidentified|ContextMenu|F\d+)$/
const SCROLLING = /^(?:PageUp|PageDown|Home|End)$/

/** Such as `Control+Enter`; undefined for one that is no act. */
export function keyName({ key, ctrlKey, shiftKey, altKey, metaKey }: KeyboardEvent): string | undefined {
  const last = key === ' ' ? 'Space' : key
  if (PASSED_OVER.test(last) || !WRITTEN.test(last)) return undefined
  // Which letter it is says whether Shift was down.
  const shift = shiftKey && (last.length > 1 || ctrlKey || altKey || metaKey)
  return [ctrlKey && 'Control', shift && 'Shift', altKey && 'Alt', metaKey && 'Meta', last].filter(Boolean).join('+')
}

/** What takes the keys: a field of one line, a text, a list to choose from, or anything else. */
export type TakesKeys = 'line' | 'text' | 'list' | 'other'

/** Whether a key is recorded; `taken`: where the app takes it for itself. Letters in a field are what is typed. */
export function isMeant({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, focused: TakesKeys): 'always' | 'taken' | 'never' {
  if (ctrlKey || altKey || metaKey) return 'taken'
  if (key === 'Escape') return 'always'
  if (focused === 'list') return 'never'
  if (focused === 'other') return SCROLLING.test(key) ? 'taken' : 'always'
  if (key === 'Enter') return focused === 'line' ? 'always' : 'taken'
  return key.length === 1 ? 'never' : 'taken'
}
