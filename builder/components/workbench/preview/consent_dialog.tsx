import type { ReactElement } from "react";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { giveConsent, rememberEngine } from "../session/engines";
import { t } from "../../client/workbench_texts";

/** WebContainers load from StackBlitz, a third party: asked once, remembered. */
export function ConsentDialog(): ReactElement {
  const { store, preview, setPanel } = useWorkbench();
  const close = (): void => setPanel(null);
  const decline = (): void => {
    rememberEngine(store.api.id, "instant");
    close();
  };
  const agree = (): void => {
    giveConsent();
    rememberEngine(store.api.id, "webcontainer");
    close();
    preview.restart("webcontainer");
  };
  return (
    <Dialog title={t("workbench.consent.title")} close={close}>
      <p>{t("workbench.consent.text")}</p>
      <p className="wb-quiet">{t("workbench.consent.details")}</p>
      <div className="wb-dialog-foot">
        <button type="button" className="wb-button" onClick={decline}>{t("workbench.consent.no")}</button>
        <button type="button" className="wb-button wb-primary" onClick={agree}>{t("workbench.consent.yes")}</button>
      </div>
    </Dialog>
  );
}
