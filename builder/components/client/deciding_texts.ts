import catalogue from "$/texts/deciding.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
