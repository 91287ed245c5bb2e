import catalogue from "$/texts/editor.en.json";
import { texts } from "$/components/client/texts";

export const t = texts(catalogue);
