import { compileString, Logger } from 'sass'
import { FrameworkError } from '../project/frameworks.ts'
import { packageSheet } from './package-sheet.ts'
import type { SheetInput } from '../project/frameworks.ts'

/** CSS of a Sass sheet, in either of its syntaxes. Throws FrameworkError. */
export async function compile({ path, source, indented, read, find }: SheetInput): Promise<string> {
  let refused: FrameworkError | undefined
  const address = (file: string): URL => new URL('sayso:' + encodeURI(file))
  const pathOf = (url: URL): string => decodeURI(url.pathname)
  const importer = {
    canonicalize(specifier: string, { containingUrl }: { containingUrl: URL | null }): URL | null {
      const from = containingUrl ? pathOf(containingUrl) : path
      const wanted = specifier.startsWith('sayso:') ? pathOf(new URL(specifier)) : decodeURI(specifier)
      const found = find(wanted, from)
      if (found === undefined && /^[~@\w]/.test(wanted) && !wanted.startsWith('@/')) refused ??= new FrameworkError('', {}, packageSheet(wanted))
      return found === undefined ? null : address(found)
    },
    load(url: URL) {
      const file = pathOf(url)
      const contents = read(file)
      return contents === undefined ? null : { contents, syntax: file.endsWith('.sass') ? 'indented' as const : file.endsWith('.css') ? 'css' as const : 'scss' as const }
    },
  }
  try {
    return compileString(source, { syntax: indented ? 'indented' : 'scss', url: address(path), importer, importers: [importer], logger: Logger.silent }).css
  } catch (error) {
    if (refused) throw refused
    const { sassMessage, span } = error as { sassMessage?: string; span?: { url?: URL; start: { line: number; column: number } } }
    if (sassMessage === undefined) throw error
    throw new FrameworkError(sassMessage.split('\n')[0]!, span ? { line: span.start.line + 1, column: span.start.column + 1, ...(span.url?.protocol === 'sayso:' ? { file: pathOf(span.url) } : {}) } : {})
  }
}
