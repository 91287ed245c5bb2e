import catalogue from "$/texts/vault.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
