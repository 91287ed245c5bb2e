import catalogue from "$/texts/workbench.en.json";
import { texts } from "./texts";

export type TextKey = keyof typeof catalogue;

export const t = texts(catalogue);

const whole = new Intl.NumberFormat("en");

export const number = (value: number): string => whole.format(value);

const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** Bytes as a person counts them: kB below a megabyte, else MB, with a tenth where it says something. */
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

const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** "just now", "4 min ago", the time today, else day and time. */
export function when(iso: string, now = Date.now()): string {
  const at = new Date(iso);
  const minutes = Math.floor((now - at.getTime()) / 60_000);
  if (minutes < 1) return t("workbench.time.now");
  if (minutes < 60) return t("workbench.time.minutes_ago", { minutes });
  return (at.toDateString() === new Date(now).toDateString() ? clock : day).format(at);
}
