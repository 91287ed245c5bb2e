import catalogue from "$/texts/repository.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
