import catalogue from "$/texts/engine.en.json";
import type { Phrase } from "$/runtime/index.ts";
import { texts } from "./texts";

const t = texts<string>(catalogue);

/** An engine's message in words. Where a phrase is expected there may also be plain text, which has no key. */
export function said(phrase: Phrase | string): string {
  if (typeof phrase === "string") return phrase;
  const values = Object.entries(phrase.values ?? {}).map(([name, value]) => [name, typeof value === "object" ? said(value) : value] as const);
  return t(phrase.key, Object.fromEntries(values));
}
