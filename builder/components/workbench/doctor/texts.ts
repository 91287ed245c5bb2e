import catalogue from "$/texts/doctor.en.json";
import { texts } from "../../client/texts";

export const t = texts(catalogue);
