import type { Generation } from "../../client/types";

/** What a person can do about an answer that did not become a version. There is always exactly one action. */
export type Step = "continue" | "retry" | "key" | "credit" | "budget" | "model" | "reword";

/** The provider in a model's name, such as `openai:gpt-6-luna`. */
export const providerOf = (model: string): string => model.split(":", 1)[0] ?? "";

/** The address where its key is set; closing the dialog leads back to the project. */
export const keyAddress = (project: string, model: string): string => `/#key:${project}:${providerOf(model)}`;

/** `mended`: the person has removed the cause, such as by setting another key; then the answer is retried. */
export function nextStep({ error, files }: Pick<Generation, "error" | "files">, mended: boolean): Step {
  const again = files.length > 0 ? "continue" : "retry";
  switch (error?.remedy) {
    case undefined:
      return again;
    case "key":
      return mended ? again : "key";
    case "credit":
      return mended ? again : "credit";
    case "budget":
      return mended ? again : "budget";
    case "model":
      return "model";
    case "shorten":
    case "none":
      return "reword";
    case "continue":
    case "decide":
      return "continue";
    case "retry":
    case "wait":
      return "retry";
  }
}
