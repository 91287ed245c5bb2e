/**
 * A function that gives the texts of one catalogue: the text for `key` with its `{values}` filled in. A key that the
 * catalogue lacks is a type error. Each chunk of a page brings its own catalogue.
 */
export function texts<Key extends string>(catalogue: Readonly<Record<Key, string>>) {
  return (key: Key, values: Record<string, string | number> = {}): string =>
    catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
