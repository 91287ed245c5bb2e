import { transformAsync } from '@babel/core'
import solid from 'babel-preset-solid'
import { transform } from 'sucrase'
import { FrameworkError } from '../project/frameworks.ts'
import type { FrameworkInput } from '../project/frameworks.ts'

/** A module with JSX of Solid, types taken away and lines kept. */
export async function compile({ path, source }: FrameworkInput): Promise<string> {
  try {
    const plain = /\.tsx$/.test(path) ? transform(source, { transforms: ['typescript', 'jsx'], jsxRuntime: 'preserve', disableESTransforms: true, preserveDynamicImport: true }).code : source
    const made = await transformAsync(plain, {
      filename: path, babelrc: false, configFile: false, browserslistConfigFile: false, sourceMaps: false, retainLines: true, compact: false,
      parserOpts: { plugins: ['jsx'] }, presets: [[solid, { generate: 'dom', hydratable: false }]],
    })
    return made?.code ?? ''
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } }
    const reason = message.split('\n')[0]!.replace(/^\S+: /, '').replace(/^Error transforming [^:]*: /, '').replace(/\s*\(\d+:\d+\)$/, '')
    throw new FrameworkError(reason, loc ? { line: loc.line, column: loc.column + 1 } : {})
  }
}
