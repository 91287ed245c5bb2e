/** What is typed into some fields is nobody's business: a walk gets a placeholder for it. */

const PASSWORD = 'Example-1234'
const NUMBER = '0000'
const SECRET = /\b(?:current-password|new-password|one-time-code|cc-number|cc-csc|cc-exp)\b/

/** A field stays secret when the app shows what stands in it. */
const known = new WeakSet<Element>()

export function isSecret(element: Element): boolean {
  if (!(element instanceof HTMLInputElement)) return false
  if (element.type === 'password' || SECRET.test(element.autocomplete)) known.add(element)
  return known.has(element)
}

/** What is recorded instead of what was typed. */
export function placeholderFor(element: HTMLInputElement): string {
  return element.type === 'number' || element.inputMode === 'numeric' ? NUMBER : PASSWORD
}
