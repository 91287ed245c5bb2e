import { isField } from '../driver/fields.ts'
import { SILENT, isVisible } from '../driver/names.ts'
import { seenTargets } from './targets.ts'
import type { WalkStep } from '../engine/walk.ts'

/** What can be seen at the moment, for whoever chooses from a list instead of pointing. */

const MOST = 200

export interface There { elements: Element[]; steps: WalkStep[] }

export function whatIsThere(): There {
  const found: There = { elements: [], steps: [] }
  const told = new Set<string>()
  for (const element of document.body.querySelectorAll('*')) {
    if (found.steps.length >= MOST) break
    if (SILENT.has(element.tagName) || !isWorthNaming(element) || !isVisible(element)) continue
    const [target] = seenTargets(element)
    const key = JSON.stringify(target)
    if (!target || told.has(key)) continue
    told.add(key)
    found.elements.push(element)
    found.steps.push({ see: target })
  }
  return found
}

/** Something with words of its own, a field, or a picture; what only holds others says the same as they do. */
function isWorthNaming(element: Element): boolean {
  if (isField(element) || element.matches('select,img,svg[role],[role="img"],button,a[href],progress,meter')) return true
  return [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== '') && !element.closest('button,a[href],label,option')
}
