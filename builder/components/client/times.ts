/** Moments in the words a person would use. */
import catalogue from "$/texts/client.en.json";
import { LANGUAGE, texts } from "./texts";

const t = texts(catalogue);
const minute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const clock = new Intl.DateTimeFormat(LANGUAGE, minute);
const date = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", ...minute });
const exact = new Intl.DateTimeFormat(LANGUAGE, { ...minute, second: "2-digit" });
const relative = new Intl.RelativeTimeFormat(LANGUAGE);

/** "12 Mar, 14:05". */
export const day = (iso: string): string => date.format(new Date(iso));

/** "14:05:09", of a moment in milliseconds. */
export const time = (moment: number): string => exact.format(moment);

/** "just now", "4 minutes ago", the time today, else day and time. `builder/texts/times.py` has its twin. */
export function when(iso: string, now = Date.now()): string {
  const at = new Date(iso);
  const minutes = Math.floor((now - at.getTime()) / 60_000);
  if (minutes < 1) return t("client.just_now");
  if (minutes < 60) return relative.format(-minutes, "minute");
  return (at.toDateString() === new Date(now).toDateString() ? clock : date).format(at);
}
