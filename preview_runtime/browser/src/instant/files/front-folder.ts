/**
 * The folders in which a front end may lie beside its server, the likeliest first (preview_runtime/stack.py agrees).
 */
const FRONT_FOLDERS = ['/frontend', '/front-end', '/client', '/web', '/webapp', '/ui', '/apps/web', '/packages/web']

/** The files outside its folder that a front end may use: settings of the whole project, and code for both sides. */
const SHARED = /^\/(?:shared|common|types|packages)\/|^\/(?:package\.json|[tj]sconfig(?:\.\w+)?\.json|vite\.config\.\w+|tailwind\.config\.\w+|postcss\.config\.\w+|\.env[.\w]*)$/

/** The folder of the front end's index.html, such as `/client`; empty for the root, and where there is none. */
export function frontFolder(files: ReadonlyMap<string, unknown>): string {
  if (files.has('/index.html')) return ''
  return FRONT_FOLDERS.find((folder) => files.has(folder + '/index.html')) ?? ''
}

/**
 * The path by which the front end in `folder` knows the project's file `path`; undefined when it cannot see the file.
 */
export function seenAs(path: string, folder: string): string | undefined {
  if (folder === '') return path
  if (path.startsWith(folder + '/')) return path.slice(folder.length)
  return SHARED.test(path) ? path : undefined
}
