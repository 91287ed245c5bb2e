import { walk } from '../driver/walking/page.ts'
import { RECORDED } from '../engine/recording.ts'
import { record } from './record.ts'

/**
 * First script of every page at the address for walks. It stands where the capture script stands in a preview that somebody
 * looks at: the page is walked through by the workbench, or a person records a walk in it.
 */
const { builder } = (document.currentScript as HTMLScriptElement | null)?.dataset ?? {}
if (builder && window.parent !== window) {
  if (window.name.startsWith(RECORDED)) record(builder, window.parent)
  else walk(builder, window.parent)
}
