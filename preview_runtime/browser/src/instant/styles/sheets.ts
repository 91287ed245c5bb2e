import index from 'tailwindcss/index.css'
import preflight from 'tailwindcss/preflight.css'
import theme from 'tailwindcss/theme.css'
import utilities from 'tailwindcss/utilities.css'

/** The style sheets of the tailwindcss package, included in the bundle as text. */
export const sheets: Record<string, string> = { 'index.css': index, 'preflight.css': preflight, 'theme.css': theme, 'utilities.css': utilities }
