import type { ReactElement } from "react";
import { Icon } from "../controls/icons";
import { placeName } from "./pointing_button";
import { t } from "../session/pointing/texts";
import type { About } from "../../client/types";

/** The part of the app that the next request is about. */
export function AboutPart({ about, end }: { about: About; end: () => void }): ReactElement {
  return (
    <p className="wb-from">
      <span>{t("pointing.about", { what: `<${about.tag}>`, place: placeName(about) })}</span>
      <button type="button" className="wb-icon-button" aria-label={t("pointing.about.end")} title={t("pointing.about.end")} onClick={end}>
        <Icon name="close" />
      </button>
    </p>
  );
}
