import type { SourcePlace, Pointed } from "$/runtime/index.ts";
import "./pointing.css";
import { type ReactElement, useRef, useState } from "react";
import { Icon } from "../controls/icons";
import { Order } from "./order";
import { Looks } from "./looks";
import { placeName, usePointing } from "./pointing_button";
import { useWorkbench } from "../session/context";
import { t } from "../session/pointing/texts";
import { useBeside } from "./use_beside";

/** What the person points at, where it is written, and what can be done with it. */
export default function PointedCard(): ReactElement | null {
  const { preview, open, setWish, store } = useWorkbench();
  const { on, ready, pointed, chosen, place, looking, why, shown, picks } = usePointing();
  const [looks, setLooks] = useState(false);
  const card = useRef<HTMLElement>(null);
  const beside = useBeside(card, on && looks && chosen ? shown : null, picks);
  if (!on) return null;
  const end = (): void => preview.pointing.aim(false);
  const ask = (): void => {
    if (place) setWish({ text: "", about: { path: place.path, line: place.line, end_line: place.endLine, tag: place.tag, text: place.text } });
    end();
  };
  const go = (): void => {
    if (place) open({ path: place.path, line: place.line, column: place.column });
    end();
  };
  const writable = store.getState().load === "ready";
  const editable = pointed !== null && pointed.text !== "" && writable;
  return (
    <section ref={card} className="wb-pointed" data-looks={beside !== null} style={beside ?? {}} aria-label={t("pointing.card")}>
      <div className="wb-pointed-what" role="status">
        {pointed ? <What pointed={pointed} place={place} looking={looking} chosen={chosen} /> : ready && <p>{t("pointing.hint")}</p>}
        {why && <p className="wb-bad">{t(`pointing.why.${why}`)}</p>}
      </div>
      <button type="button" className="wb-icon-button" aria-label={t("pointing.close")} title={t("pointing.close")} onClick={end}>
        <Icon name="close" />
      </button>
      {chosen && (
        <p className="wb-row">
          <button type="button" className="wb-button wb-primary" disabled={!place} onClick={ask}>{t("pointing.ask")}</button>
          {editable && <button type="button" className="wb-button" onClick={() => preview.pointing.retype()}>{t("pointing.retype")}</button>}
          {shown && writable && <button type="button" className="wb-button" aria-expanded={looks} onClick={() => setLooks(!looks)}>{t("pointing.look")}</button>}
          <button type="button" className="wb-button" disabled={!place} onClick={go}>{t("pointing.code")}</button>
        </p>
      )}
      {chosen && place?.exact && writable && <Order tag={place.tag} />}
      {chosen && looks && shown && pointed && writable && <Looks key={picks} shown={shown} tag={place?.tag || pointed.tag} why={why} />}
    </section>
  );
}

function What({ pointed, place, looking, chosen }: { pointed: Pointed; place: SourcePlace | null; looking: boolean; chosen: boolean }): ReactElement {
  return (
    <>
      <p className="wb-pointed-name">
        <code>{`<${place?.tag || pointed.tag}>`}</code>
        {pointed.text && <span>{pointed.text}</span>}
      </p>
      {place && <p className="wb-pointed-place">{t("pointing.in", { component: place.component || place.path, place: placeName(place) })}</p>}
      {place?.listed && place.exact && <p>{t("pointing.list", { count: pointed.repeated })}</p>}
      {place && !place.exact && <p>{pointed.made ? t("pointing.made", { name: pointed.made }) : t("pointing.nearest")}</p>}
      {chosen && !place && <p>{t(looking ? "pointing.looking" : "pointing.no_place")}</p>}
    </>
  );
}
