import catalogue from "$/texts/attaching.en.json";
import { LANGUAGE, texts } from "../client/texts";

export const t = texts(catalogue);

const units = (["kilobyte", "megabyte"] as const).map(
  (unit) => new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, maximumFractionDigits: unit === "megabyte" ? 1 : 0 }),
);

/** Such as "12 kB". */
export function size(bytes: number): string {
  const large = bytes >= 1_000_000;
  return units[large ? 1 : 0]?.format(large ? bytes / 1_000_000 : Math.ceil(bytes / 1_000)) ?? "";
}
