import catalogue from "$/texts/planning.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
