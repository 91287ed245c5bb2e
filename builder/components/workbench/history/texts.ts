import catalogue from "$/texts/history.en.json";
import { texts } from "$/components/client/texts";

export const t = texts(catalogue);
