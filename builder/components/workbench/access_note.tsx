import { type ReactElement, useEffect, useState } from "react";
import { useProject, useWorkbench } from "./session/context";
import { mayEdit, mayShare } from "./store/state";
import { t } from "../client/workbench_texts";

/** Says that the project can only be looked at, and what became of the last words typed in it. */
export function AccessNote(): ReactElement | null {
  const { store, attempt, toast } = useWorkbench();
  const state = useProject();
  const { project, load, unsent } = state;
  const open = load === "ready" && !mayEdit(state);
  const archived = project?.archived_at != null;
  // Read out when it appears: an element that was there already.
  const [told, setTold] = useState(false);
  useEffect(() => setTold(open), [open]);
  const copy = async (): Promise<void> => {
    const texts = unsent.flatMap((path) => (typeof state.files[path] === "string" ? [state.files[path]] : []));
    await navigator.clipboard.writeText(texts.join("\n"));
    toast({ text: t("workbench.access.copied") });
  };
  const duplicate = async (): Promise<void> => {
    const made = await store.api.duplicate();
    location.assign(`/p/${made.project.id}`);
  };
  const bringBack = async (): Promise<void> => {
    await store.api.change({ status: "active" });
  };
  return (
    <div role="status">
      {open && told && (
        <div className="wb-access">
          <p>
            {t(archived ? "workbench.access.archived" : "workbench.access.looking")}
            {unsent.length > 0 && <> {t("workbench.access.unsent", { paths: unsent.join(", ") })}</>}
          </p>
          {unsent.length > 0 && <button type="button" className="wb-button wb-small" onClick={() => attempt(copy)}>{t("workbench.access.copy")}</button>}
          {archived && mayShare(state)
            ? <button type="button" className="wb-button wb-small" onClick={() => attempt(bringBack)}>{t("workbench.access.bring_back")}</button>
            : <button type="button" className="wb-button wb-small" onClick={() => attempt(duplicate)}>{t("workbench.access.duplicate")}</button>}
        </div>
      )}
    </div>
  );
}
