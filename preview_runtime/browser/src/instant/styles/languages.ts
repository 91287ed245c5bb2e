import { rebaseUrls } from '../text/css.ts'
import { buildFault, policyFault, unreadable } from '../files/fault.ts'
import { isSheet } from '../files/mime.ts'
import { extension, fileName, folder, join, shown } from '../files/paths.ts'
import { resolve } from '../project/resolve.ts'
import type { FileSet } from '../files/file-set.ts'
import type { Alias } from '../project/tsconfig.ts'
import type { FrameworkError, Frameworks, SheetCompiler } from '../project/frameworks.ts'

const SASS = ['.scss', '.sass']

/** How a project's settings change its sheets: `additional` is put before each and `after` behind it, by the ending without its dot. */
export interface SheetSettings { aliases: Alias[]; additional: Record<string, string>; after: Record<string, string> }

interface Made { source: string; inputs: Map<string, string>; shape: number; settings: SheetSettings; css: string }

/** Sass and Less for one project. A sheet is compiled again only when a file that it uses has changed. */
export class Languages {
  readonly #files: FileSet
  readonly #frameworks: Frameworks
  readonly #made = new Map<string, Made>()

  constructor(files: FileSet, frameworks: Frameworks) {
    this.#files = files
    this.#frameworks = frameworks
  }

  /**
   * The CSS of a sheet, its `url()` absolute. `language`: an ending such as `.scss`, for text inside a file of another
   * kind. Throws BuildFault.
   */
  async css(path: string, source: string, settings: SheetSettings, language = extension(path)): Promise<string> {
    const key = `${path} ${source.length} ${language}`
    const known = this.#made.get(key)
    if (known && known.source === source && known.settings === settings && known.shape === this.#files.shape && [...known.inputs].every(([file, text]) => this.#files.text(file) === text)) return known.css
    const inputs = new Map<string, string>()
    const compiler: SheetCompiler = await (SASS.includes(language) ? this.#frameworks.sass() : this.#frameworks.less())
    const indented = language === '.sass'
    let css: string
    try {
      css = await compiler.compile({
        path, indented, source: (settings.additional[language.slice(1)] ?? '') + rebaseUrls(source, path) + (settings.after[language.slice(1)] ?? ''),
        read: (file) => {
          const text = this.#files.text(file)
          if (text !== undefined) inputs.set(file, text)
          return text === undefined ? undefined : rebaseUrls(text, file)
        },
        find: (specifier, importer) => this.#find(specifier, importer, settings, language),
      })
    } catch (error) { throw this.#fault(error, path, source) }
    this.#made.set(key, { source, inputs, shape: this.#files.shape, settings, css })
    return css
  }

  #fault(error: unknown, path: string, source: string): unknown {
    if (!(error instanceof Error) || error.name !== 'FrameworkError') return error
    const { message, line, column, refused, file } = error as FrameworkError
    if (refused) return policyFault('style-package', refused, shown(path))
    const at = file ?? path
    return buildFault('syntax', unreadable(at, message, line), { file: at, line, column }, this.#files.text(at) ?? source)
  }

  /** The file that an import of a sheet means: partials begin with `_`, a folder has an index. */
  #find(specifier: string, importer: string, settings: SheetSettings, language: string): string | undefined {
    const plain = specifier.replace(/^~/, '')
    const resolved = resolve(this.#files, settings.aliases, plain, importer)
    const bases = [plain.startsWith('/') ? plain : join(importer, './' + plain)]
    if (resolved.kind === 'missing' || resolved.kind === 'file') bases.push(resolved.path)
    bases.push(join('/', plain))
    const ends = language === '.less' ? ['', '.less', '.css'] : ['', '.scss', '.sass', '.css']
    for (const base of bases) {
      for (const target of [base, `${folder(base)}_${fileName(base)}`, `${base}/index`, `${base}/_index`]) {
        for (const end of ends) if (isSheet(target + end) && this.#files.text(target + end) !== undefined) return target + end
      }
    }
    return undefined
  }
}
