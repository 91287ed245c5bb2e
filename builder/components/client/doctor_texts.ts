import catalogue from "$/texts/doctor.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);

export type TextKey = Parameters<typeof t>[0];
