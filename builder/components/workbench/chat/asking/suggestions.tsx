import type { ReactElement } from "react";
import { useProject, useWorkbench } from "../../session/context";
import { suggested } from "./suggested";
import { isBroken, isBusy, waitingTurns } from "../../store/turns";
import { t } from "../../../client/workbench_texts";

/** What a person may ask for next, as long as nothing is under way; a press puts it into the field. */
export function Suggestions(): ReactElement | null {
  const { setWish } = useWorkbench();
  const state = useProject();
  const last = Object.values(state.turns).at(-1);
  const newest = Object.values(state.generations).at(-1);
  if (state.load !== "ready" || !state.project?.head || !newest || isBusy(state) || waitingTurns(state).length > 0) return null;
  if (last ? isBroken(last) || last.status !== "done" : newest.status !== "done") return null;
  const ideas = suggested(state.files, newest.offline);
  if (ideas.length === 0) return null;
  return (
    <div className="wb-suggestions" role="group" aria-label={t("workbench.suggest")}>
      <span aria-hidden="true">{t("workbench.suggest")}</span>
      {ideas.map((idea) => (
        <button key={idea} type="button" className="wb-button wb-small" onClick={() => setWish({ text: t(idea) })}>{t(idea)}</button>
      ))}
    </div>
  );
}
