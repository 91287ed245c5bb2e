import type { ReactElement } from "react";
import { useWorkbench } from "../session/context";
import type { FileConflict } from "../store/state";
import { t } from "../../client/workbench_texts";

interface Props {
  path: string;
  conflict: FileConflict;
  comparing: boolean;
  compare: (comparing: boolean) => void;
}

/** Shown above a file that was changed here and elsewhere: both texts are kept until the person chooses one. */
export function ConflictBar({ path, conflict, comparing, compare }: Props): ReactElement {
  const { store, toast } = useWorkbench();
  const areTexts = typeof conflict.mine === "string" && typeof conflict.theirs === "string";
  const decide = (whose: "mine" | "theirs"): void => {
    const takeBack = store.decide(path, whose);
    const text = t(whose === "mine" ? "workbench.conflict.has_mine" : "workbench.conflict.has_theirs", { path });
    toast({ text, action: { label: t("workbench.code.undo"), run: takeBack } });
  };
  return (
    <div className="wb-note wb-conflict" role="alert">
      <p>{t(conflict.theirs === null ? "workbench.conflict.deleted" : areTexts ? "workbench.conflict.lines" : "workbench.conflict.file")}</p>
      {comparing && (
        <p className="wb-conflict-sides" aria-hidden="true">
          <del>{t("workbench.conflict.theirs")}</del> <ins>{t("workbench.conflict.mine")}</ins>
        </p>
      )}
      <div className="wb-row">
        {areTexts && (
          <button type="button" className="wb-button wb-small" aria-pressed={comparing} onClick={() => compare(!comparing)}>
            {t(comparing ? "workbench.conflict.compared" : "workbench.conflict.compare")}
          </button>
        )}
        <button type="button" className="wb-button wb-small" onClick={() => decide("mine")}>{t("workbench.conflict.keep_mine")}</button>
        <button type="button" className="wb-button wb-small" onClick={() => decide("theirs")}>{t("workbench.conflict.take_theirs")}</button>
      </div>
    </div>
  );
}
