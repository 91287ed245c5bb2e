/** What the page hands its React parts: the catalogue's `home.*` texts by key. */
export type Texts = Record<string, string>;
