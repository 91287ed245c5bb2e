import "../chat/waiting.css";
import { type FormEvent, type ReactElement, useEffect, useState } from "react";
import { reasonOf } from "../../client/http";
import { t } from "../../client/planning_texts";
import { number } from "../../client/numbers";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import type { StepChoices } from "../../client/types";

const SWITCHES = ["questions", "plans", "checks", "free_mends"] as const;
const MENDS = [0, 1, 2, 3];

/** Which steps a request sets off in this project. */
export function StepsDialog(): ReactElement {
  const { store, setPanel, toast } = useWorkbench();
  const [choices, setChoices] = useState<StepChoices | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void store.api.steps().then(setChoices, (reason: unknown) => setFault(reasonOf(reason)));
  }, [store]);
  const keep = async (): Promise<void> => {
    if (!choices) return;
    setBusy(true);
    setFault("");
    try {
      await store.api.setSteps(choices);
      setPanel(null);
      toast({ text: t("planning.steps.kept") });
    } catch (reason) {
      setFault(reasonOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("planning.steps.title")} close={() => setPanel(null)}>
      <form
        className="wb-run"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void keep();
        }}
      >
        <p className="wb-quiet">{t("planning.steps.text")}</p>
        {!choices && !fault && <p className="wb-late" role="status">{t("planning.steps.loading")}</p>}
        {choices && (
          <div className="wb-switches">
            {SWITCHES.map((name) => (
              <label key={name}>
                <input type="checkbox" role="switch" checked={choices[name] ?? true} onChange={(event) => setChoices({ ...choices, [name]: event.target.checked })} />
                <span>{t(`planning.steps.${name}`)}<small>{t(`planning.steps.${name}.note`)}</small></span>
              </label>
            ))}
            <label>
              <select
                value={choices.mends ?? 0} disabled={choices.checks === false}
                onChange={(event) => setChoices({ ...choices, mends: Number(event.target.value) })}
              >
                {MENDS.map((count) => <option key={count} value={count}>{count === 0 ? t("planning.steps.never") : number(count)}</option>)}
              </select>
              <span>{t("planning.steps.mends")}<small>{t("planning.steps.mends.note")}</small></span>
            </label>
          </div>
        )}
        <p role="alert" className={fault ? "wb-note wb-note-bad" : "wb-sr"}>{fault}</p>
        <div className="wb-dialog-foot">
          <button type="submit" className="wb-button wb-primary" disabled={!choices || busy}>{t("planning.steps.keep")}</button>
        </div>
      </form>
    </Dialog>
  );
}
