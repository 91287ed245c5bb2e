import { transformAsync } from '@babel/core'
import typescript from '@babel/plugin-transform-typescript'
import solid from 'babel-preset-solid'
import { FrameworkError } from '../project/frameworks.ts'
import type { FrameworkInput } from '../project/frameworks.ts'

/** A module with JSX of Solid, types taken away and lines kept. */
export async function compile({ path, source }: FrameworkInput): Promise<string> {
  try {
    const made = await transformAsync(source, {
      filename: path, babelrc: false, configFile: false, browserslistConfigFile: false, sourceMaps: false, retainLines: true, compact: false,
      parserOpts: { plugins: ['jsx'] }, plugins: path.endsWith('.tsx') ? [[typescript, { isTSX: true, allowDeclareFields: true }]] : [], presets: [[solid, { generate: 'dom', hydratable: false }]],
    })
    return made?.code ?? ''
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } }
    const reason = message.split('\n')[0]!.replace(/^\S+: /, '').replace(/\s*\(\d+:\d+\)$/, '')
    throw new FrameworkError(reason, loc ? { line: loc.line, column: loc.column + 1 } : {})
  }
}
