import { walk } from '../driver/walking/page.ts'
import { RECORDED } from '../engine/recording.ts'
import { takePlaces } from '../preview/written.ts'
import { record } from './record.ts'

/**
 * First script of every page at the address for walks. It stands where the capture script stands in a preview that somebody
 * looks at: the page is walked through by the workbench, or a person records a walk in it.
 */
const { builder = framedBy(), page } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {}
takePlaces(page)
if (builder && window.parent !== window) {
  if (window.name.startsWith(RECORDED)) record(builder, window.parent)
  else walk(builder, window.parent)
}

/**
 * A page that the server made in a tab's place names no builder. Nobody else may frame a preview (`frame-ancestors`), but
 * the app itself.
 */
function framedBy(): string | undefined {
  const [parent] = location.ancestorOrigins ?? []
  return parent === location.origin ? undefined : parent
}
