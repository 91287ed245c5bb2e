import catalogue from "$/texts/terminal.en.json";

export type TextKey = keyof typeof catalogue;

/** The text for `key` with its `{values}` filled in: the terminal's own catalogue, which comes with its chunk. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
