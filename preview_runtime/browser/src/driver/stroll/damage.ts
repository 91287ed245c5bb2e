import { digest } from '../../engine/digest.ts'
import { wasKept } from '../kept.ts'
import { damages } from './damages.ts'
import type { Deed } from './deeds.ts'

/** What is kept is spoilt, one part after the other, and the page loaded anew: an app that reads it has to bear that. */
export function* damage(): Generator<Deed> {
  for (const [name, text] of Object.entries(wasKept())) {
    for (const [what, damaged] of damages(text)) {
      const run = (): void => {
        for (const [other, whole] of Object.entries(wasKept())) localStorage.setItem(other, other === name ? damaged : whole)
        location.reload()
      }
      yield { key: digest(`damage ${name} ${what}`), words: `spoil ${name}, ${what}`, run }
    }
  }
}
