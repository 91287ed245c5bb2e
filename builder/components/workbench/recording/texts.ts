import catalogue from "$/texts/recording.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
