import { computeAccessibleName, getRole } from 'dom-accessibility-api'

/** What assistive technology, and so a person, calls the elements of the page. */

export const SILENT = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD'])

/** Words as they are compared: without regard to white space and capital letters. */
export const folded = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase()

export const nameOf = (element: Element): string => computeAccessibleName(element).replace(/\s+/g, ' ').trim()

export const roleOf = (element: Element): string | null => getRole(element)

/** Whether it has a place on the page that is not hidden, be it outside of what the window shows. */
export function isVisible(element: Element): boolean {
  // An option is as visible as its list; the browser draws it by itself.
  const list = element instanceof HTMLOptionElement ? element.closest('select') : null
  if (list) return isVisible(list)
  if (getComputedStyle(element).display === 'contents') return [...element.children].some(isVisible) || (element.textContent ?? '').trim() !== ''
  if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false })) return false
  const { width, height } = element.getBoundingClientRect()
  // What holds something that floats, or is placed elsewhere, may have no size of its own.
  return (width > 0 && height > 0) || [...element.children].some(isVisible)
}

/** Nothing that is read aloud is hidden by an element around it; what is not displayed is not visible either. */
const UNSPOKEN = '[aria-hidden="true"],[hidden]:not([hidden="until-found"])'

export const isSpokenOf = (element: Element): boolean => isVisible(element) && (element instanceof HTMLOptionElement || element.closest(UNSPOKEN) === null)
