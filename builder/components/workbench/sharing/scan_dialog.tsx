import type { ReactElement } from "react";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { download } from "./download";
import { Findings } from "./findings";
import { useScan } from "./use_scan";
import { t } from "./texts";

/** Shown when a secret is in the files that somebody wants to download. */
export function ScanDialog(): ReactElement {
  const workbench = useWorkbench();
  const { setPanel, attempt } = workbench;
  const watch = useScan();
  const held = watch.scan === null || watch.scan.leaks.some((leak) => leak.blocks);
  const save = (): void => attempt(async () => {
    setPanel(null);
    await download(workbench, "zip");
  });
  return (
    <Dialog title={t("scan.title")} close={() => setPanel(null)} wide>
      <Findings watch={watch} />
      <div className="wb-dialog-foot">
        <button type="button" className="wb-button wb-primary" disabled={held} onClick={save}>{t("scan.download")}</button>
      </div>
    </Dialog>
  );
}
