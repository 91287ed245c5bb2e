import type { Phrase } from '../../engine/phrase.ts'

/** The compilers of Vue and Svelte, each a bundle of its own that is loaded with the first file that needs it. */
export interface FrameworkInput {
  path: string
  source: string
  /** For visitors: without the parts that only development needs. */
  built?: boolean
  /** Text of another project file, for `src` attributes. */
  read(path: string): string | undefined
  /** TypeScript to JavaScript. */
  script(source: string, typed: boolean): string
  /** Finishes a style block (Tailwind, `url()`). */
  style(source: string): Promise<string>
}

/** Throws BuildFault-shaped errors: `{ message, line, column, refused }`. */
export interface FrameworkCompiler { compile(input: FrameworkInput): Promise<string>; parse?(source: string): object }

export interface Frameworks { vue(): Promise<FrameworkCompiler>; svelte(): Promise<FrameworkCompiler> }

/** An error of a framework's compiler, told apart by its name from a mistake in the compiler. */
export class FrameworkError extends Error {
  override readonly name = 'FrameworkError'
  readonly line: number | undefined
  readonly column: number | undefined
  /** A feature that the file asks for and that only another engine supports. */
  readonly refused: Phrase | undefined

  constructor(message: string, place: { line?: number; column?: number } = {}, refused?: Phrase) {
    super(message)
    this.line = place.line
    this.column = place.column
    this.refused = refused
  }
}
