import catalogue from "$/texts/servers.en.json";

export type TextKey = keyof typeof catalogue;

/** The text for `key` with its `{values}` filled in. A key the catalogue lacks is a type error. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
