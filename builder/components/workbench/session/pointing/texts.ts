import catalogue from "$/texts/pointing.en.json";
import { texts } from "../../../client/texts";

export const t = texts(catalogue);
