import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useWorkbench } from "../session/context";
import { examine, type Finding } from "./doctor";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { t } from "./texts";

const PARTS = ["isolation", "storage", "preview", "websocket", "clock", "address"] as const;

/** What keeps this browser from showing apps, each part with what mends it. */
export default function DoctorDialog(): ReactElement {
  const { store, setPanel } = useWorkbench();
  const [found, setFound] = useState<readonly Finding[]>([]);
  const look = useCallback(() => {
    setFound([]);
    for (const finding of examine(store)) void finding.then((one) => setFound((all) => [...all, one]));
  }, [store]);
  useEffect(look, [look]);
  const over = found.length === PARTS.length;
  return (
    <Dialog title={t("doctor.title")} close={() => setPanel(null)} wide>
      <p>{t("doctor.text")}</p>
      <ul className="wb-hosts" aria-label={t("doctor.title")} aria-busy={!over}>
        {PARTS.map((part) => {
          const one = found.find((finding) => finding.part === part);
          return (
            <li key={part} className="wb-finding" data-well={one?.well}>
              <span>
                <b>{t(`doctor.part.${part}`)}</b>
                <small>{one ? t(one.says, one.values) : t("doctor.looking")}</small>
              </span>
              {one && <span className={one.well ? "" : "wb-bad"}><span className="wb-sr">{t(one.well ? "doctor.well" : "doctor.bad")}</span><Icon name={one.well ? "check" : "warning"} /></span>}
            </li>
          );
        })}
      </ul>
      <p role="status">{over && found.every(({ well }) => well) ? t("doctor.all_well") : ""}</p>
      <div className="wb-dialog-foot">
        <button type="button" className="wb-button" aria-disabled={!over} onClick={() => over && look()}>{t("doctor.again")}</button>
      </div>
    </Dialog>
  );
}
