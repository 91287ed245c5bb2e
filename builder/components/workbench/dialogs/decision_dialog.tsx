import "./panels.css";
import "./decision.css";
import { type ReactElement, useId } from "react";
import { Dialog } from "../controls/dialog";
import { Diff } from "../controls/diff";
import { t } from "../../client/planning_texts";
import type { Decision, DisputedFile } from "../../client/types";

export type Choose = (path: string, choice: DisputedFile["choice"]) => void;

interface Props {
  decision: Decision;
  busy: boolean;
  choose: Choose;
  close: () => void;
  goOn: () => void;
}

/** Each file that was shortened unasked beside the person's own, and what becomes of it. */
export default function DecisionDialog({ decision: { files, others }, busy, choose, close, goOn }: Props): ReactElement {
  const left = files.filter(({ choice }) => !choice).length;
  return (
    <Dialog title={t("deciding.title")} close={close} wide>
      <div className="wb-decision">
        <p>{t("deciding.text")}</p>
        {files.map((file) => <Disputed key={file.path} file={file} choose={choose} />)}
        {others.length > 0 && <p className="wb-quiet">{t("deciding.others", { count: others.length, paths: others.join(", ") })}</p>}
      </div>
      <div className="wb-dialog-foot">
        {left > 0 && <p className="wb-quiet" role="status">{t("deciding.left", { count: left })}</p>}
        <button type="button" className="wb-button wb-primary" disabled={busy || left > 0} onClick={goOn}>{t("deciding.go_on")}</button>
      </div>
    </Dialog>
  );
}

function Disputed({ file: { path, reason, choice, is_new, lines }, choose }: { file: DisputedFile; choose: Choose }): ReactElement {
  const name = useId();
  const choices = [["mine", t(is_new ? "deciding.none" : "deciding.mine")], ["new", t("deciding.new")]] as const;
  return (
    <section className="wb-disputed-file" aria-label={path}>
      <h3>{path}</h3>
      <p>{reason}</p>
      {lines === null
        ? <p className="wb-quiet">{t("deciding.no_lines")}</p>
        : <Diff lines={lines} label={t("deciding.difference", { path })} before={t("deciding.yours")} after={t("deciding.theirs")} />}
      <fieldset className="wb-chips">
        <legend className="wb-sr">{t("deciding.choice", { path })}</legend>
        {choices.map(([value, label]) => (
          <label key={value}>
            <input type="radio" name={name} checked={choice === value} onChange={() => choose(path, value)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
