import type { ReactElement, ReactNode } from "react";

interface Props {
  text: string;
  /** The label of the harmless answer, which has the focus. */
  keep: string;
  no: () => void;
  /** The buttons that do it. */
  children: ReactNode;
}

/** A confirmation question, shown in place of the buttons that caused it. */
export function Sure({ text, keep, no, children }: Props): ReactElement {
  return (
    <div className="wb-note wb-note-bad wb-sure" role="group" aria-label={text}>
      <p>{text}</p>
      <div className="wb-dialog-foot">
        <button type="button" className="wb-button" autoFocus onClick={no}>{keep}</button>
        {children}
      </div>
    </div>
  );
}
