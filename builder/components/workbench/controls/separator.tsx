import { type KeyboardEvent, type PointerEvent, type ReactElement, useCallback, useState } from "react";

/** Widths in pixels of one of the two sides: that of the chat, and that of a preview beside the code. */
interface Range {
  key: string;
  least: number;
  most: number;
  usual: number;
}

export const CHAT: Range = { key: "sayso.chat.width", least: 300, most: 640, usual: 400 };
export const BESIDE: Range = { key: "sayso.beside.width", least: 320, most: 1400, usual: 560 };
const STEP = 16;

const within = ({ least, most }: Range, width: number): number => Math.round(Math.min(most, Math.max(least, width)));

export function useWidth(range: Range): [number, (width: number) => void] {
  const [width, setWidth] = useState(() => within(range, Number(localStorage.getItem(range.key)) || range.usual));
  const remember = useCallback((next: number) => {
    setWidth(within(range, next));
    localStorage.setItem(range.key, String(within(range, next)));
  }, [range]);
  return [width, remember];
}

interface Props {
  label: string;
  range: Range;
  width: number;
  setWidth: (width: number) => void;
  /** The width is that of the right side. */
  right?: boolean;
}

/**
 * Between chat and panes, and between code and preview: dragged, or moved with the arrow keys; a double click restores the default width. Ours: a
 * library for it weighs 13 kB (docs/decisions/0018).
 */
export function Separator({ label, range, width, setWidth, right = false }: Props): ReactElement {
  const sign = right ? -1 : 1;
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const handle = event.currentTarget;
    const from = event.clientX - sign * width;
    handle.setPointerCapture(event.pointerId);
    // Frames swallow pointer events: the style sheet switches them off meanwhile.
    document.documentElement.classList.add("wb-resizing");
    const move = (moved: globalThis.PointerEvent): void => setWidth(sign * (moved.clientX - from));
    const end = (): void => {
      document.documentElement.classList.remove("wb-resizing");
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };
  const press = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: width - sign * STEP, ArrowRight: width + sign * STEP, Home: range.least, End: range.most, Enter: range.usual }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setWidth(to);
  };
  return (
    <div
      className="wb-separator" role="separator" aria-orientation="vertical" tabIndex={0} aria-label={label}
      aria-valuenow={width} aria-valuemin={range.least} aria-valuemax={range.most}
      onPointerDown={drag} onKeyDown={press} onDoubleClick={() => setWidth(range.usual)}
    />
  );
}
