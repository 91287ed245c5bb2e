import { type KeyboardEvent, type ReactElement, useEffect, useRef } from "react";
import { Icon } from "../controls/icons";
import type { TerminalShape } from "./api";
import { t } from "../../client/terminal_texts";

interface Props {
  terminals: readonly TerminalShape[];
  active: string | null;
  pick: (id: string) => void;
  close: (id: string) => void;
}

/** The open terminals by number. Delete or a middle click closes one; Enter goes into it. */
export function TerminalTabs({ terminals, active, pick, close }: Props): ReactElement {
  const shown = terminals.find((one) => one.id === active);
  const list = useRef<HTMLDivElement>(null);
  // On a phone not all of them fit.
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active, terminals.length]);
  const press = (event: KeyboardEvent): void => {
    const at = terminals.findIndex((one) => one.id === active);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + terminals.length, Home: 0, End: terminals.length - 1 }[event.key];
    const next = to === undefined ? undefined : terminals[to % terminals.length];
    if (event.key === "Delete" && active !== null) {
      // The tab that has the focus disappears.
      event.currentTarget.querySelector<HTMLElement>(`[data-terminal]:not([data-terminal="${active}"])`)?.focus();
      close(active);
    }
    else if (next !== undefined) {
      pick(next.id);
      event.currentTarget.querySelector<HTMLElement>(`[data-terminal="${next.id}"]`)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div ref={list} className="wb-terminal-tabs" role="tablist" aria-label={t("terminal.tabs")} onKeyDown={press}>
        {terminals.map(({ id, number }) => (
          <button
            key={id} type="button" role="tab" data-terminal={id} aria-selected={id === active} aria-controls="wb-terminal-one"
            aria-label={t("terminal.one", { number })} tabIndex={id === active ? 0 : -1} onClick={() => pick(id)}
            onAuxClick={(event) => {
              if (event.button === 1) close(id);
            }}
          >
            {number}
          </button>
        ))}
      </div>
      {shown && (
        <button type="button" className="wb-icon-button" aria-label={t("terminal.close", { number: shown.number })} title={t("terminal.close", { number: shown.number })} onClick={() => close(shown.id)}>
          <Icon name="close" />
        </button>
      )}
    </>
  );
}
