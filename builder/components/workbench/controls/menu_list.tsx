import { type KeyboardEvent, type ReactElement, useLayoutEffect, useRef } from "react";

export interface MenuItem {
  label: string;
  note?: string | undefined;
  /** One of several, of which one is chosen. */
  checked?: boolean | undefined;
  /** On or off by itself. */
  toggled?: boolean | undefined;
  disabled?: string | null | undefined;
  bad?: boolean | undefined;
  run: () => void;
}

interface Props {
  id?: string;
  label: string;
  items: readonly MenuItem[];
  className: string;
  /** Shows the popover where it belongs. */
  place: (list: HTMLDivElement) => void;
  /** Also called before an entry is run; the focus is given back there. */
  close: () => void;
}

/** Letters typed within this time of each other form one word. */
const WORD_MS = 500;

/** The entries of an open menu: arrows, Home, End, first letters and Esc. */
export function MenuList({ id, label, items, className, place, close }: Props): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ word: "", at: 0 });
  useLayoutEffect(() => {
    const shown = list.current;
    if (!shown) return;
    place(shown);
    const all = choices(shown);
    (all.find((one) => one.role === "menuitemradio" && one.ariaChecked === "true") ?? all[0])?.focus();
    // Once: what happens later happens to a menu that is already in its place.
  }, []);
  const move = (event: KeyboardEvent): void => {
    const all = choices(list.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      close();
      if (event.key === "Escape") event.preventDefault();
    } else if (to !== undefined) {
      event.preventDefault();
      typed.current.word = "";
      all[to % all.length]?.focus();
    } else if (/^\S$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const { word, at: last } = typed.current;
      const letters = (event.timeStamp - last < WORD_MS ? word : "") + event.key.toLowerCase();
      typed.current = { word: letters, at: event.timeStamp };
      // The same letter again moves to the next match; a longer word may match the focused item itself.
      const same = [...letters].every((letter) => letter === letters[0]);
      const start = same ? (letters[0] ?? "") : letters;
      const from = same ? at + 1 : at;
      [...all.slice(from), ...all.slice(0, from)].find((one) => one.innerText.toLowerCase().startsWith(start))?.focus();
    }
    event.stopPropagation();
  };
  return (
    <div ref={list} id={id} role="menu" aria-label={label} popover="manual" className={className} onKeyDown={move}>
      {items.map((item) => (
        <button
          key={item.label} type="button" tabIndex={-1} className={item.bad ? "wb-bad" : undefined}
          role={item.toggled !== undefined ? "menuitemcheckbox" : item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.toggled ?? item.checked}
          aria-disabled={item.disabled ? true : undefined}
          onClick={() => {
            if (item.disabled) return;
            close();
            item.run();
          }}
        >
          <span>{item.label}</span>
          {(item.disabled ?? item.note) ? <small>{item.disabled ?? item.note}</small> : null}
        </button>
      ))}
    </div>
  );
}

function choices(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}
