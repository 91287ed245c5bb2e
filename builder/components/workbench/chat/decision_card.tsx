import "./waiting.css";
import { lazy, type ReactElement, Suspense, useCallback, useEffect, useState } from "react";
import { persistently } from "../../client/http";
import { Icon } from "../controls/icons";
import { useProject, useWorkbench } from "../session/context";
import type { Choose } from "../dialogs/decision_dialog";
import { isBusy } from "../store/turns";
import { t } from "../../client/planning_texts";
import { t as common } from "../../client/workbench_texts";
import type { Decision, DisputedFile, Turn } from "../../client/types";

const DecisionDialog = lazy(() => persistently(() => import("../dialogs/decision_dialog")));

/** What was left out unasked: nothing changes until the person has looked at it. */
export default function DecisionCard({ turn }: { turn: Turn }): ReactElement {
  const { store, attempt } = useWorkbench();
  const state = useProject();
  const busy = isBusy(state);
  const [decision, setDecision] = useState<Decision | null>(null);
  const [looking, setLooking] = useState(false);
  const load = useCallback(async () => setDecision(await store.api.decision(turn.id)), [store, turn.id]);
  // What it is compared with may change while the person looks.
  useEffect(() => attempt(load), [attempt, load, state.project?.head]);
  const choose: Choose = (path, choice) => {
    setDecision((now) => now && { ...now, files: now.files.map((file) => (file.path === path ? { ...file, choice } : file)) });
    attempt(() => store.api.chooseFiles(turn.id, { [path]: choice }));
  };
  const goOn = (): void => attempt(async () => {
    if (!decision) return;
    await store.flush();
    try {
      await store.api.decide(turn.id, decision.head);
    } catch (error) {
      await load();
      throw error;
    }
  });
  const ready = decision !== null && decision.files.every(({ choice }) => choice);
  return (
    <section className="wb-card" aria-label={t("deciding.title")}>
      {decision === null && <p className="wb-quiet wb-late">{t("deciding.loading")}</p>}
      <ul className="wb-disputed">
        {decision?.files.map((file) => (
          <li key={file.path}>
            <button type="button" className="wb-path" onClick={() => setLooking(true)}>{file.path}</button>
            <span className="wb-tag">{chosen(file)}</span>
            <small>{file.reason}</small>
          </li>
        ))}
      </ul>
      <p className="wb-card-foot">
        <button type="button" className="wb-button wb-flat" onClick={() => attempt(() => store.api.turn(turn.id, "stop"))}>
          <Icon name="stop" />
          {common("workbench.stop")}
        </button>
        <button type="button" className={ready ? "wb-button" : "wb-button wb-primary"} disabled={!decision} onClick={() => setLooking(true)}>{t("deciding.look")}</button>
        {ready && <button type="button" className="wb-button wb-primary" disabled={busy} onClick={goOn}>{t("deciding.go_on")}</button>}
      </p>
      {looking && decision && (
        <Suspense>
          <DecisionDialog
            decision={decision} busy={busy} choose={choose} close={() => setLooking(false)}
            goOn={() => {
              setLooking(false);
              goOn();
            }}
          />
        </Suspense>
      )}
    </section>
  );
}

function chosen({ choice, is_new }: DisputedFile): string {
  if (choice === "new") return t("deciding.new");
  if (choice === "mine") return t(is_new ? "deciding.none" : "deciding.mine");
  return t("deciding.open");
}
