import { type ReactElement, useEffect, useRef } from "react";
import { Icon } from "../../controls/icons";
import { reasonOf } from "../../../client/http";
import { t } from "../../../client/workbench_texts";
import type { CodePiece } from "./actions";
import { useAnswer } from "./answer";
import "./assist.css";

/** What a piece of code is for, in words, beside it. */
export function Explanation({ piece, close }: { piece: CodePiece; close: () => void }): ReactElement {
  const { text, whole, problem, again } = useAnswer(piece, "");
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), [piece]);
  return (
    <section
      className="wb-explanation" ref={box} tabIndex={-1} aria-label={t("workbench.assist.explained", { path: piece.path })} aria-busy={!whole && problem === null}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header>
        <h3>{t("workbench.assist.explained", { path: piece.path })}</h3>
        <button type="button" className="wb-icon-button" aria-label={t("workbench.close")} onClick={close}><Icon name="close" /></button>
      </header>
      {problem === null
        ? <p>{text || t("workbench.assist.writing")}</p>
        : <p className="wb-note wb-note-bad">{reasonOf(problem)} <button type="button" className="wb-link" onClick={again}>{t("workbench.try_again")}</button></p>}
    </section>
  );
}
