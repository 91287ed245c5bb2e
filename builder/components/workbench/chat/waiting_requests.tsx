import type { ReactElement } from "react";
import { useProject, useWorkbench } from "../session/context";
import { isBusy, waitingTurns } from "../store/turns";
import { t } from "../../client/workbench_texts";

/** Requests that were sent while another was under way. */
export function WaitingRequests(): ReactElement | null {
  const { store, attempt } = useWorkbench();
  const state = useProject();
  const waiting = waitingTurns(state);
  if (waiting.length === 0) return null;
  const busy = isBusy(state);
  return (
    <ol className="wb-waiting" aria-label={t("workbench.turn.waiting.list")}>
      {waiting.map((turn) => (
        <li key={turn.id}>
          <p className="wb-said">{turn.prompt}</p>
          <p className="wb-waiting-foot">
            <span className="wb-took">{t("workbench.turn.waiting")}</span>
            {!busy && <button type="button" className="wb-button wb-small" onClick={() => attempt(() => store.api.turn(turn.id, "start"))}>{t("workbench.turn.start")}</button>}
            <button type="button" className="wb-button wb-small wb-flat" onClick={() => attempt(() => store.api.turn(turn.id, "stop"))}>{t("workbench.turn.take_out")}</button>
          </p>
        </li>
      ))}
    </ol>
  );
}
