import catalogue from "$/texts/stored.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
