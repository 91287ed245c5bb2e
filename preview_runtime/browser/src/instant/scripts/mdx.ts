import { compile as compilePage } from '@mdx-js/mdx'
import { FrameworkError } from '../project/frameworks.ts'
import type { FrameworkInput } from '../project/frameworks.ts'

/** An MDX page as a module whose default export is its component. */
export async function compile({ path, source, jsxImportSource = 'react' }: FrameworkInput): Promise<string> {
  try {
    return String(await compilePage({ path, value: source }, { jsxImportSource }))
  } catch (error) {
    const { reason, message, line, column } = error as Error & { reason?: string; line?: number; column?: number }
    throw new FrameworkError((reason ?? message).split('\n')[0]!, line ? { line, column: column ?? 1 } : {})
  }
}
