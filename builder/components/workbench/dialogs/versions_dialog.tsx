import { lazy, type ReactElement, Suspense, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { tally } from "../session/walk_watch";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { Menu } from "../controls/menu";
import { activeGeneration } from "../store/state";
import { when } from "../../client/times";
import { t, type TextKey } from "../../client/workbench_texts";
import type { Version } from "../../client/types";
import { persistently } from "../../client/http";

const CompareDialog = lazy(() => persistently(() => import("../history/compare_dialog")));

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
  const [comparing, setComparing] = useState<string | null>(null);
  const blocked = activeGeneration(state) !== null;
  const [naming, setNaming] = useState<string | null>(null);
  // Pinned ones first.
  const versions = [...state.versions].sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.number - a.number);

  const rename = (version: Version, name: string): void => {
    setNaming(null);
    if (name.trim() !== version.name) attempt(() => store.describe(version.id, { name: name.trim() }));
  };
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
  if (comparing !== null) {
    return <Suspense fallback={null}><CompareDialog before={comparing} close={() => setComparing(null)} /></Suspense>;
  }
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
                {naming === version.id ? (
                  <input
                    className="wb-version-name" aria-label={t("workbench.versions.name_one", { number: version.number })} defaultValue={version.name} maxLength={120} autoFocus
                    onBlur={(event) => rename(version, event.currentTarget.value)}
                    onKeyDown={(event) => {
                      if (event.key !== "Enter" && event.key !== "Escape") return;
                      event.preventDefault();
                      event.stopPropagation();
                      if (event.key === "Enter") rename(version, event.currentTarget.value);
                      else setNaming(null);
                    }}
                  />
                ) : version.name && <b>{version.name}</b>}
                <span>{version.label || t(KINDS[version.kind])}</span>
                <small>{when(version.created_at)} · {t("workbench.versions.files", { count: version.files })}{walked?.over && ` · ${tally(walked)}`}</small>
              </span>
              <span className="wb-version-acts">
                {version.pinned && <span className="wb-tag">{t("workbench.versions.pinned")}</span>}
                <Menu
                  className="wb-icon-button" label={t("workbench.versions.menu", { number: version.number })}
                  items={[
                    { label: t("workbench.versions.name"), run: () => setNaming(version.id) },
                    { label: t("workbench.versions.pin"), toggled: version.pinned, run: () => attempt(() => store.describe(version.id, { pinned: !version.pinned })) },
                  ]}
                >
                  <Icon name="dots" />
                </Menu>
                {versions.length > 1 && (
                  <button
                    type="button" className="wb-button wb-small" aria-label={t("workbench.versions.compare_one", { number: version.number })}
                    onClick={() => setComparing(current ? (versions.find((one) => one.id === version.parent)?.id ?? version.id) : version.id)}
                  >
                    {t("workbench.versions.compare")}
                  </button>
                )}
                {current ? <span className="wb-tag">{t("workbench.versions.current")}</span> : (
                  <button
                    type="button" className="wb-button wb-small" disabled={blocked || busy !== ""} onClick={() => restore(version)}
                    aria-label={t("workbench.versions.restore_one", { number: version.number })}
                  >
                    {t("workbench.versions.restore")}
                  </button>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </Dialog>
  );
}
