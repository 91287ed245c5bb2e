import { type KeyboardEvent, type PointerEvent, type ReactElement, useCallback, useState } from "react";
import { t } from "../../client/workbench_texts";

const KEY = "sayso.chat.width";
const LEAST = 300;
const MOST = 640;
const USUAL = 400;
const STEP = 16;

const within = (width: number): number => Math.round(Math.min(MOST, Math.max(LEAST, width)));

export function useChatWidth(): [number, (width: number) => void] {
  const [width, setWidth] = useState(() => within(Number(localStorage.getItem(KEY)) || USUAL));
  const remember = useCallback((next: number) => {
    setWidth(within(next));
    localStorage.setItem(KEY, String(within(next)));
  }, []);
  return [width, remember];
}

/**
 * Between chat and panes: dragged, or moved with the arrow keys; a double click restores the default width. Ours: a
 * library for it weighs 13 kB (docs/decisions/0018).
 */
export function Separator({ width, setWidth }: { width: number; setWidth: (width: number) => void }): ReactElement {
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const handle = event.currentTarget;
    const from = event.clientX - width;
    handle.setPointerCapture(event.pointerId);
    // Frames swallow pointer events: the style sheet switches them off meanwhile.
    document.documentElement.classList.add("wb-resizing");
    const move = (moved: globalThis.PointerEvent): void => setWidth(moved.clientX - from);
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
    const to = { ArrowLeft: width - STEP, ArrowRight: width + STEP, Home: LEAST, End: MOST, Enter: USUAL }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setWidth(to);
  };
  return (
    <div
      className="wb-separator" role="separator" aria-orientation="vertical" tabIndex={0} aria-label={t("workbench.chat.width")}
      aria-valuenow={width} aria-valuemin={LEAST} aria-valuemax={MOST}
      onPointerDown={drag} onKeyDown={press} onDoubleClick={() => setWidth(USUAL)}
    />
  );
}
