import type { Phrase } from '../../engine/phrase.ts'
import type { LoweringInput } from '../lowering/lowering.ts'

/** The compilers of Vue and Svelte, each a bundle of its own that is loaded with the first file that needs it. */
export interface FrameworkInput {
  path: string
  source: string
  /** The package whose JSX runtime the project uses. */
  jsxImportSource?: string
  /** For visitors: without the parts that only development needs. */
  built?: boolean
  /** Text of another project file, for `src` attributes. */
  read(path: string): string | undefined
  /** TypeScript to JavaScript. */
  script(source: string, typed: boolean): string
  /** Finishes a style block (its language, such as `scss`; Tailwind; `url()`). */
  style(source: string, language?: string): Promise<string>
}

/** Throws BuildFault-shaped errors: `{ message, line, column, refused }`. */
export interface FrameworkCompiler { compile(input: FrameworkInput): Promise<string>; parse?(source: string): object }

/** A style sheet in a language of its own. */
export interface SheetInput {
  path: string
  source: string
  /** Sass's older syntax, without braces. */
  indented: boolean
  /** Text of another project file. */
  read(path: string): string | undefined
  /** The project file that an import means. */
  find(specifier: string, importer: string): string | undefined
}

export interface SheetCompiler { compile(input: SheetInput): Promise<string> }

/** `content`: the texts whose class names count, each with its ending without the dot. */
export interface Tailwind3Input { path: string; css: string; config: Record<string, unknown>; content: { content: string; extension: string }[] }

/** Tailwind 3 itself, loaded for projects that have it. `plugins` and `libraries` are by the name of their module. */
export interface Tailwind3Library { libraries: Record<string, unknown>; plugins: Record<string, unknown>; compile(input: Tailwind3Input): Promise<string> }

/** Each is loaded with the first file that needs it. */
export interface Frameworks {
  vue(): Promise<FrameworkCompiler>
  svelte(): Promise<FrameworkCompiler>
  solid(): Promise<FrameworkCompiler>
  tailwind3(): Promise<Tailwind3Library>
  mdx(): Promise<FrameworkCompiler>
  sass(): Promise<SheetCompiler>
  less(): Promise<SheetCompiler>
  lowering(): Promise<{ lower(input: LoweringInput): Promise<string> }>
}

/** The compilers as bundles beside the engine; `load` imports one of them. */
export function frameworks(load: <T>(name: string) => () => Promise<T>): Frameworks {
  return { vue: load('./vue.js'), svelte: load('./svelte.js'), solid: load('./solid.js'), tailwind3: load('./tailwind3.js'), mdx: load('./mdx.js'), sass: load('./sass.js'), less: load('./less.js'), lowering: load('./lowering.js') }
}

/** An error of a framework's compiler, told apart by its name from a mistake in the compiler. */
export class FrameworkError extends Error {
  override readonly name = 'FrameworkError'
  readonly line: number | undefined
  readonly column: number | undefined
  /** A feature that the file asks for and that only another engine supports. */
  readonly refused: Phrase | undefined
  /** Where another file than the one compiled is wrong. */
  readonly file: string | undefined

  constructor(message: string, place: { line?: number; column?: number; file?: string } = {}, refused?: Phrase) {
    super(message)
    this.line = place.line
    this.column = place.column
    this.refused = refused
    this.file = place.file
  }
}
