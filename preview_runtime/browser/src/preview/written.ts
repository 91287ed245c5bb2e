import { WRITTEN_AT } from './messages.ts'
import type { WrittenPage } from './messages.ts'

/**
 * Takes the marks of places off the elements as the parser brings them: observers are called before each script, so no
 * script of the app ever sees one.
 */
export function takePlaces(file = '', hash = ''): WrittenPage {
  const page: WrittenPage = { file, hash, at: new WeakMap() }
  if (file === '') return page
  const take = (node: Node): void => {
    if (!(node instanceof Element)) return
    for (const element of [node, ...node.querySelectorAll(`[${WRITTEN_AT}]`)]) {
      const at = element.getAttribute(WRITTEN_AT)
      if (at === null) continue
      page.at.set(element, Number(at))
      element.removeAttribute(WRITTEN_AT)
    }
  }
  const observer = new MutationObserver((records) => { for (const { addedNodes } of records) addedNodes.forEach(take) })
  observer.observe(document, { childList: true, subtree: true })
  document.addEventListener('DOMContentLoaded', () => {
    observer.disconnect()
    take(document.documentElement)
  })
  return page
}
