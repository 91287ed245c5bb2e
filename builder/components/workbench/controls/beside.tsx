import { type ReactElement, useSyncExternalStore } from "react";
import { listeners } from "../store/listeners";
import { t } from "../../client/workbench_texts";
import { Icon } from "./icons";

const KEY = "sayso.beside";
/** Narrower, each of the two would be too small to work in. */
const wide = matchMedia("(min-width: 1600px)");
const told = listeners<void>();
wide.addEventListener("change", () => told.tell());

const isBeside = (): boolean => wide.matches && localStorage.getItem(KEY) !== "no";

/** Whether the preview is seen beside the code: on a wide page, unless the person put it away. */
export function useBeside(): boolean {
  return useSyncExternalStore(told.add, isBeside);
}

/** Shows the preview beside the code, or puts it away; only where there is room for it. */
export function BesideButton(): ReactElement | null {
  const beside = useBeside();
  const hasRoom = useSyncExternalStore(told.add, () => wide.matches);
  if (!hasRoom) return null;
  const toggle = (): void => {
    localStorage.setItem(KEY, beside ? "no" : "yes");
    told.tell();
  };
  return (
    <button type="button" className="wb-icon-button" aria-pressed={beside} aria-label={t("workbench.beside")} title={t("workbench.beside")} onClick={toggle}>
      <Icon name="beside" />
    </button>
  );
}
