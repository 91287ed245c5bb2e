import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from "react";

export interface MenuItem {
  label: string;
  note?: string | undefined;
  checked?: boolean | undefined;
  disabled?: string | null | undefined;
  bad?: boolean | undefined;
  run: () => void;
}

interface Props {
  label: string;
  title?: string | undefined;
  items: MenuItem[];
  className?: string;
  align?: "start" | "end";
  up?: boolean;
  children: ReactNode;
}

/** A button with a menu: arrows, Home, End, Esc, and a click elsewhere closes it. */
export function Menu({ label, title, items, className = "wb-button", align = "start", up = false, children }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    choices(box.current)[0]?.focus();
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    // A click into the preview goes to another document: this one only sees that it lost the focus.
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
    const all = choices(box.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      close();
      if (event.key === "Escape") event.preventDefault();
    } else if (to !== undefined) {
      event.preventDefault();
      all[to % all.length]?.focus();
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
        <div id={id} role="menu" aria-label={label} className={`wb-menu-list wb-menu-${align}${up ? " wb-menu-up" : ""}`} onKeyDown={move}>
          {items.map((item) => (
            <button
              key={item.label} type="button" tabIndex={-1} className={item.bad ? "wb-bad" : undefined}
              role={item.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked={item.checked}
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

function choices(box: HTMLElement | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}
