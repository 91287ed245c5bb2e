import { type ReactElement, useSyncExternalStore } from "react";
import { Icon } from "../controls/icons";
import { useWorkbench } from "../session/context";
import type { PointingState } from "../session/pointing/pointing";
import { t } from "../session/pointing/texts";

export function usePointing(): PointingState {
  const { preview } = useWorkbench();
  return useSyncExternalStore(preview.pointing.subscribe, preview.pointing.getState);
}

export function PointingButton(): ReactElement {
  const { preview } = useWorkbench();
  const { able, on } = usePointing();
  return (
    <button
      type="button" className="wb-icon-button" aria-pressed={on} aria-disabled={!able} aria-label={t("pointing.on")}
      title={t(able ? "pointing.on" : "pointing.cannot")} aria-keyshortcuts="Control+." onClick={() => preview.pointing.aim(!on)}
    >
      <Icon name="aim" />
    </button>
  );
}

export const placeName = ({ path, line }: { path: string; line: number }): string => t("pointing.place", { path, line });
