import { type ReactElement, useState } from "react";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { t } from "../../client/workbench_texts";

/** Removes what an app whose Python runs in this browser has stored here. */
export function StoredDialog(): ReactElement {
  const { preview, setPanel, attempt, toast } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const close = (): void => setPanel(null);
  const remove = (): void => {
    setBusy(true);
    attempt(async () => {
      try {
        await preview.removeStored();
        toast({ text: t("workbench.stored.done") });
      } finally {
        close();
      }
    });
  };
  return (
    <Dialog title={t("workbench.stored.title")} close={close}>
      <p>{t("workbench.stored.text")}</p>
      <div className="wb-dialog-foot">
        <button type="button" className="wb-button" onClick={close}>{t("workbench.stored.no")}</button>
        <button type="button" className="wb-button wb-primary" disabled={busy} onClick={remove}>{t("workbench.stored.yes")}</button>
      </div>
    </Dialog>
  );
}
