import colors from 'tailwindcss3/lib/public/colors.js'
import defaultTheme from 'tailwindcss3/lib/public/default-theme.js'
import forms from '@tailwindcss/forms'
import process from 'tailwindcss3/lib/processTailwindFeatures.js'
import resolveConfig from 'tailwindcss3/lib/public/resolve-config.js'
import typography from '@tailwindcss/typography'
import animate from 'tailwindcss-animate'
import postcss from 'postcss'
import type { Tailwind3Input } from '../project/frameworks.ts'

/** A module of CommonJS is its `default` where it was compiled from one. */
const own = (module: unknown): unknown => (module as { default?: unknown }).default ?? module

/** What a configuration may import, besides plugins. */
export const libraries: Record<string, unknown> = { 'tailwindcss/colors': own(colors), 'tailwindcss/defaultTheme': own(defaultTheme) }

/** The plugins that a configuration may name. */
export const plugins: Record<string, unknown> = { '@tailwindcss/forms': own(forms), '@tailwindcss/typography': own(typography), 'tailwindcss-animate': own(animate) }

type Process = (setup: (with_: { createContext(config: unknown, content: unknown[]): unknown }) => () => unknown) => (root: unknown, result: unknown) => Promise<void>

/** The finished CSS of a sheet of Tailwind 3. Throws what Tailwind throws: an error with its reason. */
export async function compile({ path, css, config, content }: Tailwind3Input): Promise<string> {
  const resolved = (own(resolveConfig) as (config: unknown) => unknown)({ ...config, content: [] })
  const step = (own(process) as Process)(({ createContext }) => () => createContext(resolved, content))
  const plugin = { postcssPlugin: 'tailwindcss', Once: (root: unknown, { result }: { result: unknown }) => step(root, result) }
  return (await postcss([plugin as never]).process(css, { from: path, map: false })).css
}
