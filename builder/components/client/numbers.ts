/** Numbers as the pages' language writes them. */
import { LANGUAGE } from "./texts";

const whole = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat(LANGUAGE, { style: "currency", currency: "USD" });

export const number = (value: number): string => whole.format(value);

/** With one decimal. */
export const tenth = (value: number): string => tenths.format(value);

/** With the decimals of the currency, two. */
export const usd = (value: number): string => dollars.format(value);

const sizes = (["kilobyte", "megabyte"] as const).map(
  (unit) => new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, maximumFractionDigits: unit === "megabyte" ? 1 : 0 }),
);

/** Such as "12 kB". */
export function size(bytes: number): string {
  const large = bytes >= 1_000_000;
  return sizes[large ? 1 : 0]?.format(large ? bytes / 1_000_000 : Math.ceil(bytes / 1_000)) ?? "";
}
