import catalogue from "$/texts/budget.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
