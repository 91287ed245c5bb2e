import { phrase } from '../../engine/phrase.ts'
import type { Phrase } from '../../engine/phrase.ts'

/** What is told of a sheet that is not in the project: packages are prepared for scripts and finished CSS only. */
export const packageSheet = (specifier: string): Phrase => phrase('engine.style_package', { specifier })
