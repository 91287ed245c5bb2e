import catalogue from "$/texts/sent.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
