import catalogue from "$/texts/vault.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
