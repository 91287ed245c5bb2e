import type { FileSystemTree } from '@webcontainer/api'
import { Failure, phrase } from '../engine/phrase.ts'
import type { FileMap } from '../engine/engine.ts'

/** Project paths as the nested tree that a WebContainer mounts. */
export function containerTree(files: FileMap): FileSystemTree {
  const root: FileSystemTree = {}
  for (const [path, contents] of Object.entries(files)) {
    const parts = path.split('/')
    let folder = root
    for (const part of parts.slice(0, -1)) {
      const next = (folder[part] ??= { directory: {} })
      if (!('directory' in next)) throw new Failure('tree', phrase('engine.webcontainer.in_a_file', { path, file: part }))
      folder = next.directory
    }
    folder[parts.at(-1)!] = { file: { contents } }
  }
  return root
}
