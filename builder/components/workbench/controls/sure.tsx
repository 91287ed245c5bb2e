import type { ReactElement, ReactNode } from "react";

interface Props {
  text: string;
  /** What the harmless answer says; it has the focus. */
  keep: string;
  no: () => void;
  /** The buttons that do it. */
  children: ReactNode;
}

/** A question in the place of the buttons that asked for it. */
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
