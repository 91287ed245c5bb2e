import createLess from 'less/lib/less/index.js'
import AbstractFileManager from 'less/lib/less/environment/abstract-file-manager.js'
import { FrameworkError } from '../project/frameworks.ts'
import { packageSheet } from './package-sheet.ts'
import type { SheetInput } from '../project/frameworks.ts'

/** Plugins of Less are programs: `@plugin` fails. */
class NoPlugins {}

/** CSS of a Less sheet. Throws FrameworkError. */
export async function compile({ path, source, read, find }: SheetInput): Promise<string> {
  let refused: FrameworkError | undefined
  class ProjectFiles extends (AbstractFileManager as new () => object) {
    supports(): boolean { return true }
    supportsSync(): boolean { return false }
    async loadFile(specifier: string, folder: string): Promise<{ filename: string; contents: string }> {
      const found = find(specifier, (folder || path.slice(0, path.lastIndexOf('/') + 1)) + 'sheet.less')
      const contents = found === undefined ? undefined : read(found)
      if (found !== undefined && contents !== undefined) return { filename: found, contents }
      if (/^[~@\w]/.test(specifier)) refused ??= new FrameworkError('', {}, packageSheet(specifier))
      throw Object.assign(new Error(`there is no ${specifier}`), { type: 'File', filename: specifier })
    }
  }
  // Nothing is inlined, and no map is made.
  const environment = { encodeBase64: (text: string) => btoa(text), mimeLookup: () => 'application/octet-stream', charsetLookup: () => 'UTF-8', getSourceMapGenerator: () => undefined }
  const less = Object.assign(createLess(environment, [new ProjectFiles()]), { PluginLoader: NoPlugins })
  try {
    return (await less.render(source, { filename: path, math: 1, javascriptEnabled: false })).css
  } catch (error) {
    if (refused) throw refused
    const { message, line, column, filename } = error as { message: string; line?: number; column?: number; filename?: string }
    throw new FrameworkError(message.split('\n')[0]!, { ...(line ? { line, column: (column ?? 0) + 1 } : {}), ...(filename?.startsWith('/') ? { file: filename } : {}) })
  }
}
