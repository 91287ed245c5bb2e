import type { ReactElement } from "react";

interface Props {
  title: string;
  text: string;
  action: string;
  busy?: boolean;
  run: () => void;
}

/** Nothing to show yet: why, and the one thing to do. */
export function Notice({ title, text, action, busy = false, run }: Props): ReactElement {
  return (
    <div className="wb-terminal-empty" role="status">
      <h2>{title}</h2>
      <p>{text}</p>
      <button type="button" className="wb-button wb-primary" disabled={busy} onClick={run}>{action}</button>
    </div>
  );
}
