import catalogue from "$/texts/access.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
