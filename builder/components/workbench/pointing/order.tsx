import type { ReactElement } from "react";
import { Icon } from "../controls/icons";
import { useWorkbench } from "../session/context";
import { t } from "../session/pointing/texts";

const DEEDS = [["up", "up"], ["down", "down"], ["duplicate", "copy"], ["delete", "trash"]] as const;

/** Moves what is picked among what is beside it, repeats it, or takes it away. */
export function Order({ tag }: { tag: string }): ReactElement {
  const { preview } = useWorkbench();
  return (
    <p className="wb-row wb-order" role="group" aria-label={t("pointing.order")}>
      {DEEDS.map(([deed, icon]) => (
        <button
          key={deed} type="button" className="wb-icon-button" aria-label={t(`pointing.order.${deed}`)} title={t(`pointing.order.${deed}`)}
          onClick={() => preview.pointing.order(deed, t(`pointing.order.${deed}.version`, { tag }))}
        >
          <Icon name={icon} />
        </button>
      ))}
    </p>
  );
}
