/** How a text is written, which decides how another one has to be written in its place. */
export type Spelling = 'jsx' | 'html' | 'vue' | 'svelte' | 'json' | "'" | '"' | '`' | 'attribute"' | "attribute'"

/** A text as it is written: `start` to `end` is what stands for `value`, without quotes. `key`: the property that it is the value of. */
export interface Literal { start: number; end: number; value: string; spelling: Spelling; key: string }

/**
 * An element as it is written. `texts`: those of its own children, `given`: those of its attributes; `keys`: the names
 * that its own children are computed with. `listed`: it stands for every entry of a list.
 */
export interface Element_ { name: string; start: number; openEnd: number; end: number; component: string; listed: boolean; texts: Literal[]; given: Literal[]; keys: string[]; keyLast?: boolean }

/**
 * `numbered`: the elements in the order in which compiled JSX names their places: as they end, or as they begin where the
 * key comes behind a spread. `strings`: the texts of scripts and data outside of elements.
 */
export interface Outline { elements: Element_[]; numbered: Element_[]; strings: Literal[]; template?: { start: number; hash: string } }

export const newOutline = (): Outline => ({ elements: [], numbered: [], strings: [] })
