import catalogue from "$/texts/scan.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
