import catalogue from "$/texts/graph.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
