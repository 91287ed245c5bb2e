/** The texts that the page passes to its React parts: the catalogue's `home.*` texts by key. */
export type Texts = Record<string, string>;
