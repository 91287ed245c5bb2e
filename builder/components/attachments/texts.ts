import catalogue from "$/texts/attaching.en.json";
import { LANGUAGE, texts } from "../client/texts";

export const t = texts(catalogue);

const units = (["byte", "kilobyte", "megabyte"] as const).map(
  (unit) => new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, maximumFractionDigits: unit === "megabyte" ? 1 : 0 }),
);

/** Such as "12 kB". */
export function size(bytes: number): string {
  const power = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  return units[power]?.format(bytes / 1_000 ** power) ?? "";
}
