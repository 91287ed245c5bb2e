import catalogue from "$/texts/servers.en.json";
import { texts } from "./texts";

export const t = texts(catalogue);
