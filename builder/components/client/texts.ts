import client from "$/texts/client.en.json";

/** The language of the pages' catalogues: the pages are built once in each language, with the catalogues of it. */
export const LANGUAGE = client["client.language"];

/** A text with plural forms has one key per plural category (CLDR), such as `files#one`. */
type Key<Name extends string> = Name extends `${infer Counted}#${string}` ? Counted : Name;

const plurals = new Intl.PluralRules(LANGUAGE);

/**
 * Returns the function that looks up texts of one catalogue: the text for `key` with its `{values}` filled in, in the
 * plural form for the value `count` where it has plural forms. A key that the catalogue lacks is a type error. Each
 * chunk of a page brings its own catalogue.
 */
export function texts<Name extends string>(catalogue: Readonly<Record<Name, string>>) {
  const all: Readonly<Record<string, string | undefined>> = catalogue;
  return (key: Key<Name>, values: Record<string, string | number> = {}): string => {
    const text = all[key] ?? all[`${key}#${plurals.select(Number(values.count))}`] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}
