import { type ReactElement, useEffect, useState } from "react";
import { keys } from "../store/api";
import { useWorkbench } from "../session/context";
import { keyAddress, nextStep, providerOf } from "../store/next_step";
import { t } from "../../client/workbench_texts";
import type { Generation, ProviderKey } from "../../client/types";

/** Puts a request back into the field so that it can be edited; `another`: the person has to choose another model. */
export type Reword = (broken: Broken, another: boolean) => void;

/** What broke off: an answer, or a turn before anything was written. */
export type Broken = Pick<Generation, "id" | "project" | "model" | "prompt" | "error" | "files" | "finished_at">;

interface Props {
  broken: Broken;
  reword: Reword;
  goOn: (step: "continue" | "retry") => Promise<unknown>;
}

/** The one thing to do about what failed or was stopped. */
export function NextAction({ broken, reword, goOn }: Props): ReactElement {
  const { attempt, setPanel } = useWorkbench();
  const { key, mended, visited } = useAccount(broken);
  const step = nextStep(broken, mended);
  const button = "wb-button wb-primary";
  switch (step) {
    case "key":
      return <a className={button} href={keyAddress(broken.project, broken.model)}>{t("workbench.key")}</a>;
    case "credit":
      return <a className={button} href={key?.credit_page} target="_blank" rel="noreferrer" onClick={visited}>{t("workbench.credit")}</a>;
    case "budget":
      return <button type="button" className={button} onClick={() => (visited(), setPanel("budget"))}>{t("workbench.budget")}</button>;
    case "model":
    case "reword":
      return <button type="button" className={button} onClick={() => reword(broken, step === "model")}>{t(`workbench.${step}`)}</button>;
    default:
      return <button type="button" className={button} onClick={() => attempt(() => goOn(step))}>{t(`workbench.${step}`)}</button>;
  }
}

/**
 * The provider's key and credit page, and whether the failure may be fixed since: by another key, or by a visit to the
 * page where credit is bought or budgets are set. A person who may not see the keys can only try again.
 */
function useAccount({ id, model, error, finished_at }: Broken): { key: ProviderKey | undefined; mended: boolean; visited: () => void } {
  const visit = `sayso.credit.${id}`;
  const [seen, setSeen] = useState(() => sessionStorage.getItem(visit) !== null);
  const [key, setKey] = useState<ProviderKey | null>();
  const remedy = error?.remedy;
  useEffect(() => {
    if (remedy !== "key" && remedy !== "credit") return;
    // The key may be set in another tab: look again when the person comes back to this one.
    const look = (): void => void keys().then(
      (answer) => setKey(answer.keys.find(({ provider }) => provider === providerOf(model)) ?? null),
      (problem: unknown) => {
        console.warn("the key's state is not known", problem);
        setKey(null);
      },
    );
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [remedy, model]);
  const visited = (): void => {
    sessionStorage.setItem(visit, "");
    setSeen(true);
  };
  const changed = key?.set === true && key.since !== null && finished_at !== null && key.since > finished_at;
  return { key: key ?? undefined, mended: key === null || (remedy === "key" ? changed : seen), visited };
}
