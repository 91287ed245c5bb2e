import catalogue from "$/texts/stored.en.json";
import { NotStored } from "$/runtime/index.ts";
import { reasonOf } from "../../client/http";
import { texts } from "../../client/texts";

export const t = texts(catalogue);

/** Why nothing can be shown, whoever was asked: the server, or the app's Python in this browser. */
export const whyNot = (reason: unknown): string =>
  reason instanceof NotStored ? t(`stored.problem.${reason.message as "gone"}`) : reasonOf(reason);
