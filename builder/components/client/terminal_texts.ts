import catalogue from "$/texts/terminal.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
