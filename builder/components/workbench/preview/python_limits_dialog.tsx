import type { ReactElement } from "react";
import { useProject, useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { t } from "../../client/workbench_texts";

const LIMITS = ["connections", "work", "answers", "data", "tabs", "links"] as const;

/** What an app gives up while its Python runs in this browser, and what has all of it. */
export function PythonLimitsDialog(): ReactElement {
  const { setPanel } = useWorkbench();
  const { engines } = useProject();
  return (
    <Dialog title={t("workbench.python.title")} close={() => setPanel(null)}>
      <ul className="wb-points">
        {LIMITS.map((limit) => <li key={limit}>{t(`workbench.python.${limit}`)}</li>)}
      </ul>
      <p className="wb-quiet">{t(engines?.no_server === null ? "workbench.python.container" : "workbench.python.no_container")}</p>
    </Dialog>
  );
}
