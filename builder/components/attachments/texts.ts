import catalogue from "$/texts/attaching.en.json";
import { texts } from "../client/texts";

export const t = texts(catalogue);
