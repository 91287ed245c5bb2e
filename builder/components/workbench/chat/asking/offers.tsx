import { type KeyboardEvent, type ReactElement, useEffect, useState } from "react";
import { t } from "../../../client/workbench_texts";

/** What can be taken while typing: a command, or a file that is named. */
export interface Offer {
  key: string;
  note: string;
  take: () => void;
}

const LIST = "wb-offers";
const idOf = (at: number): string => `${LIST}-${at}`;

interface Offered {
  /** What the field says about the list, to a screen reader. */
  field: { "aria-autocomplete": "list"; "aria-haspopup": "listbox"; "aria-controls": string | undefined; "aria-activedescendant": string | undefined };
  /** Whether the key was for the list. */
  press: (event: KeyboardEvent) => boolean;
  list: ReactElement | null;
}

/** A list over the field: ↑ and ↓ choose, Enter and Tab take, Esc closes it until something else is typed. */
export function useOffers(offers: readonly Offer[], typed: string, label: string): Offered {
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState<string | null>(null);
  useEffect(() => setAt(0), [typed]);
  const open = offers.length > 0 && closed !== typed;
  const active = Math.min(at, offers.length - 1);

  const press = (event: KeyboardEvent): boolean => {
    if (!open || event.nativeEvent.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowDown") setAt((active + 1) % offers.length);
    else if (event.key === "ArrowUp") setAt((active + offers.length - 1) % offers.length);
    else if (event.key === "Enter" || event.key === "Tab") offers[active]?.take();
    else if (event.key === "Escape") setClosed(typed);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const list = (
    <>
      {open && (
        <ul className="wb-offers" id={LIST} role="listbox" aria-label={label}>
          {offers.map((offer, n) => (
            // The field keeps the focus: the keys are pressed there.
            <li
              key={offer.key} id={idOf(n)} role="option" aria-selected={n === active}
              onMouseDown={(event) => event.preventDefault()} onClick={offer.take}
            >
              <span className="wb-mono">{offer.key}</span>
              {offer.note && <small>{offer.note}</small>}
            </li>
          ))}
        </ul>
      )}
      <span className="wb-sr" role="status">{open ? t("workbench.offers", { count: offers.length }) : ""}</span>
    </>
  );
  return {
    field: {
      "aria-autocomplete": "list", "aria-haspopup": "listbox",
      "aria-controls": open ? LIST : undefined, "aria-activedescendant": open ? idOf(active) : undefined,
    },
    press,
    list,
  };
}
