import catalogue from "$/texts/workbench.en.json";
import { number, tenth, usd } from "./numbers";
import { texts } from "./texts";

export const t = texts(catalogue);

export type TextKey = Parameters<typeof t>[0];

/** Bytes as a person counts them: kB below a megabyte, else MB, with one decimal where it matters. */
export function bytes(count: number): string {
  const kilobytes = count / 1024;
  if (kilobytes < 1000) return t("workbench.size.kb", { size: number(Math.ceil(kilobytes)) });
  const megabytes = kilobytes / 1024;
  return t("workbench.size.mb", { size: megabytes < 100 ? tenth(megabytes) : number(Math.round(megabytes)) });
}

/** Two decimals from a cent up, so that a small cost is not shown as nothing. */
export function money(amount: number): string {
  return amount > 0 && amount < 0.01 ? t("workbench.cost.less", { cost: usd(0.01) }) : usd(amount);
}

export function seconds(ms: number): string {
  return t("workbench.time.seconds", { seconds: ms < 9_950 ? tenth(ms / 1000) : number(ms / 1000) });
}
