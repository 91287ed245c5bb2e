import catalogue from "$/texts/workbench.en.json";
import { LANGUAGE, texts } from "./texts";

export const t = texts(catalogue);

export type TextKey = Parameters<typeof t>[0];

const whole = new Intl.NumberFormat(LANGUAGE);

export const number = (value: number): string => whole.format(value);

const tenth = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });

/** Bytes as a person counts them: kB below a megabyte, else MB, with one decimal where it matters. */
export function bytes(count: number): string {
  const kilobytes = count / 1024;
  if (kilobytes < 1000) return t("workbench.size.kb", { size: number(Math.ceil(kilobytes)) });
  const megabytes = kilobytes / 1024;
  return t("workbench.size.mb", { size: megabytes < 100 ? tenth.format(megabytes) : number(Math.round(megabytes)) });
}

/** Two decimals from a cent up, so that a small cost is not shown as nothing. */
export function money(usd: number): string {
  if (usd > 0 && usd < 0.01) return t("workbench.cost.less_than_a_cent");
  return `$${usd.toFixed(2)}`;
}

export function seconds(ms: number): string {
  return t("workbench.time.seconds", { seconds: ms < 9_950 ? (ms / 1000).toFixed(1) : number(Math.round(ms / 1000)) });
}
