/** How a text is written, which decides how another one has to be written in its place. */
export type Spelling = 'jsx' | 'html' | 'vue' | 'svelte' | 'json' | "'" | '"' | '`' | 'attribute"' | "attribute'"

/** A text as it is written: `start` to `end` is what stands for `value`, without quotes. `key`: the property that it is the value of. */
export interface Literal { start: number; end: number; value: string; spelling: Spelling; key: string }

/** An entry of an object that is written out; `kind` of its value: a `code` is no literal. `key`: "" for a spread. */
export interface ObjectEntry { key: string; start: number; end: number; kind: 'string' | 'number' | 'code' }

/** `value`: the text between its quotes, where it is nothing but a text; `entries`: where it is an object that is written out (`open` to `close` is within its braces). */
export interface Attribute_ { name: string; start: number; end: number; value?: { start: number; end: number }; entries?: { open: number; close: number; list: ObjectEntry[] } }

/** A list that is written out. `name`: of what holds it, "" for a file of data that is nothing else. */
export interface WrittenList { name: string; items: { start: number; end: number }[] }

/**
 * An element as it is written. `texts`: those of its own children, `given`: those of its attributes; `keys`: the names
 * that its own children are computed with. `nameEnd`: where its name ends.
 * `direct`: nothing but tags and texts is between it and the element around it; else `list`, where it is made for each of one. `listed`: it stands for every entry of a list.
 */
export interface Element_ { name: string; start: number; nameEnd: number; openEnd: number; end: number; component: string; listed: boolean; attributes: Attribute_[]; texts: Literal[]; given: Literal[]; keys: string[]; keyLast?: boolean; direct?: boolean; list?: string | WrittenList }

/**
 * `numbered`: the elements in the order in which compiled JSX names their places: as they end, or as they begin where the
 * key comes behind a spread. `strings`: the texts of scripts and data outside of elements; `lists`: those that are written out.
 */
export interface Outline { elements: Element_[]; numbered: Element_[]; strings: Literal[]; lists: WrittenList[]; template?: { start: number; hash: string } }

export const newOutline = (): Outline => ({ elements: [], numbered: [], strings: [], lists: [] })
