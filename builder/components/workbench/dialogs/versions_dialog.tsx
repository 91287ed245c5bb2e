import { type ReactElement, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { tally } from "../session/walk_watch";
import { Dialog } from "../controls/dialog";
import { activeGeneration } from "../store/state";
import { when } from "../../client/times";
import { t, type TextKey } from "../../client/workbench_texts";
import type { Version } from "../../client/types";

const KINDS: Record<Version["kind"], TextKey> = {
  generation: "workbench.versions.generation",
  save: "workbench.versions.save",
  import: "workbench.versions.import",
  restore: "workbench.versions.restore_kind",
  mend: "workbench.versions.mend",
  starter: "workbench.versions.starter",
};

/** Every version, newest first; one click restores one, as a new version. */
export function VersionsDialog(): ReactElement {
  const { store, walks, setPanel, toast, attempt } = useWorkbench();
  const state = useProject();
  const [busy, setBusy] = useState("");
  const blocked = activeGeneration(state) !== null;
  const versions = [...state.versions].sort((a, b) => b.number - a.number);

  const restore = (version: Version): void => {
    setBusy(version.id);
    attempt(async () => {
      try {
        await store.flush();
        await store.api.restore(version.id);
        toast({ text: t("workbench.versions.restored", { number: version.number }) });
      } finally {
        setBusy("");
      }
    });
  };
  return (
    <Dialog title={t("workbench.versions.title")} close={() => setPanel(null)} wide>
      <ol className="wb-versions">
        {versions.map((version) => {
          const current = version.id === state.project?.head;
          const walked = walks.of(version.id);
          return (
            <li key={version.id} aria-current={current ? "true" : undefined}>
              <span className="wb-version-number">{t("workbench.version", { number: version.number })}</span>
              <span className="wb-version-label">
                <span>{version.label || t(KINDS[version.kind])}</span>
                <small>{when(version.created_at)} · {t("workbench.versions.files", { count: version.files })}{walked?.over && ` · ${tally(walked)}`}</small>
              </span>
              {current ? <span className="wb-tag">{t("workbench.versions.current")}</span> : (
                <button
                  type="button" className="wb-button wb-small" disabled={blocked || busy !== ""} onClick={() => restore(version)}
                  aria-label={t("workbench.versions.restore_one", { number: version.number })}
                >
                  {t("workbench.versions.restore")}
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </Dialog>
  );
}
