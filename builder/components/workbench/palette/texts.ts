import catalogue from "$/texts/palette.en.json";
import { texts } from "$/components/client/texts";

export const t = texts(catalogue);
