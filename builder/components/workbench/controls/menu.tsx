import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";

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
  label: string;
  title?: string | undefined;
  items: MenuItem[];
  className?: string;
  children: ReactNode;
}

/** Letters typed within this time of each other form one word. */
const WORD_MS = 500;

/**
 * A button with a menu: arrows, Home, End, first letters, Esc, and a press elsewhere closes it. The browser's popover
 * keeps it above everything and within the window; a library for it weighs 7 to 54 kB (docs/decisions/0018).
 */
export function Menu({ label, title, items, className = "wb-button", children }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ word: "", at: 0 });
  const id = useId();

  useLayoutEffect(() => {
    const shown = list.current;
    if (!shown || !button.current) return;
    // The popover is positioned relative to its source.
    shown.showPopover({ source: button.current });
    const all = choices(shown);
    (all.find((one) => one.role === "menuitemradio" && one.ariaChecked === "true") ?? all[0])?.focus();
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    // A click into the preview goes to another document: this document only notices that it lost the focus.
    const away = (): void => setOpen(false);
    document.addEventListener("pointerdown", outside);
    window.addEventListener("blur", away);
    return () => {
      document.removeEventListener("pointerdown", outside);
      window.removeEventListener("blur", away);
    };
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
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
    <div className="wb-menu" ref={box}>
      <button
        ref={button} type="button" className={className} aria-haspopup="menu" aria-expanded={open}
        aria-controls={open ? id : undefined} aria-label={label} title={title}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" && !open) {
            event.preventDefault();
            setOpen(true);
          }
        }}
      >
        {children}
      </button>
      {open && (
        <div ref={list} id={id} role="menu" aria-label={label} popover="manual" className="wb-menu-list" onKeyDown={move}>
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
      )}
    </div>
  );
}

function choices(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}
