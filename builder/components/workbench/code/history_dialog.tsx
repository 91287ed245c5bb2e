import { type ReactElement, useEffect, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { type FileMap, sameFile } from "../store/files";
import { when } from "../../client/times";
import { t } from "../../client/workbench_texts";
import type { Version } from "../../client/types";

/** One file through the versions: view it as it was, and restore it into the working copy. */
export function HistoryDialog({ path, close }: { path: string; close: () => void }): ReactElement {
  const { store, attempt, toast } = useWorkbench();
  const { versions, files } = useProject();
  const newest = [...versions].sort((a, b) => b.number - a.number);
  const [chosen, setChosen] = useState<Version | undefined>(newest[0]);
  const [trees, setTrees] = useState<Record<string, FileMap>>({});
  const old = chosen && trees[chosen.id];
  const same = old !== undefined && sameFile(old[path], files[path]);

  useEffect(() => {
    if (!chosen || trees[chosen.id]) return;
    attempt(async () => {
      const tree = await store.api.versionFiles(chosen.id);
      setTrees((all) => ({ ...all, [chosen.id]: tree }));
    });
  }, [chosen, trees, store, attempt]);

  const take = (version: Version): void => attempt(async () => {
    await store.flush();
    await store.api.restore(version.id, path);
    toast({ text: t("workbench.code.history.taken", { path, number: version.number }) });
    close();
  });
  return (
    <Dialog title={`${t("workbench.code.history")}: ${path}`} close={close} wide>
      <div className="wb-history">
        <ul aria-label={t("workbench.versions.title")}>
          {newest.map((version) => (
            <li key={version.id}>
              <button type="button" aria-current={version.id === chosen?.id ? "true" : undefined} onClick={() => setChosen(version)}>
                <b>{t("workbench.version", { number: version.number })}</b>
                <small>{when(version.created_at)}</small>
              </button>
            </li>
          ))}
        </ul>
        <pre tabIndex={0} aria-label={path}>
          {old ? text(old[path]) : ""}
        </pre>
      </div>
      <div className="wb-dialog-foot">
        {same && <span className="wb-quiet">{t("workbench.code.history.same")}</span>}
        <button
          type="button" className="wb-button wb-primary" disabled={!chosen || same || old?.[path] === undefined}
          onClick={() => chosen && take(chosen)}
        >
          {t("workbench.code.history.take")}
        </button>
      </div>
    </Dialog>
  );
}

function text(file: string | Uint8Array | undefined): string {
  if (file === undefined) return t("workbench.code.history.none");
  return typeof file === "string" ? file : t("workbench.code.binary", { size: Math.ceil(file.length / 1024) });
}
