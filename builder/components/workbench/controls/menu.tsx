import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { type MenuItem, MenuList } from "./menu_list";

export type { MenuItem };

interface Props {
  label: string;
  title?: string | undefined;
  items: MenuItem[];
  className?: string;
  children: ReactNode;
}

/**
 * A button with a menu: arrows, Home, End, first letters, Esc, and a press elsewhere closes it. The browser's popover
 * keeps it above everything and within the window; a library for it weighs 7 to 54 kB (docs/decisions/0018).
 */
export function Menu({ label, title, items, className = "wb-button", children }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

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
        <MenuList
          id={id} label={label} items={items} className="wb-menu-list" close={close}
          // The popover is positioned relative to its source.
          place={(list) => list.showPopover(button.current ? { source: button.current } : {})}
        />
      )}
    </div>
  );
}
