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
