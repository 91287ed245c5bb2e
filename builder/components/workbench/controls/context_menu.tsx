import { type ReactElement, useEffect, useRef } from "react";
import { type MenuItem, MenuList } from "./menu_list";

export interface ContextMenuAt {
  label: string;
  items: readonly MenuItem[];
  x: number;
  y: number;
}

const EDGE = 8;

/** A menu where a right click, or the menu key, asked for it. */
export function ContextMenu({ label, items, x, y, close }: ContextMenuAt & { close: () => void }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(document.activeElement);
  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", outside, true);
    window.addEventListener("blur", close);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      window.removeEventListener("blur", close);
    };
  }, [close]);
  const place = (list: HTMLDivElement): void => {
    list.showPopover();
    const { width, height } = list.getBoundingClientRect();
    list.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
    list.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - height - EDGE))}px`;
  };
  return (
    <div ref={box} className="wb-menu">
      <MenuList
        key={`${x} ${y}`} label={label} items={items} className="wb-menu-list wb-menu-here" place={place}
        close={() => {
          close();
          if (before.current instanceof HTMLElement) before.current.focus();
        }}
      />
    </div>
  );
}
