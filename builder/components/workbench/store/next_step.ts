import type { Generation } from "../../client/types";

/** What a person does about an answer that did not become a version. There is always one, and one only. */
export type Step = "continue" | "retry" | "key" | "credit" | "model" | "reword";

/** Keys of other providers come from the server's environment: no page can set them. */
const KEY_OF_THE_PAGE = "anthropic:";

/**
 * `mended`: the person has done what the failure asked for, such as setting another key; then the answer is tried again.
 */
export function nextStep({ error, files, model }: Generation, mended: boolean): Step {
  const again = files.length > 0 ? "continue" : "retry";
  switch (error?.remedy) {
    case undefined:
      return again;
    case "key":
      return !model.startsWith(KEY_OF_THE_PAGE) ? "model" : mended ? again : "key";
    case "credit":
      return mended ? again : "credit";
    case "model":
      return "model";
    case "shorten":
    case "none":
      return "reword";
    case "continue":
      return "continue";
    case "retry":
    case "wait":
      return "retry";
  }
}
