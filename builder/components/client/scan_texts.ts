import catalogue from "$/texts/scan.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
