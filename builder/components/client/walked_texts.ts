import catalogue from "$/texts/walked.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
