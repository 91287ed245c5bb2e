import type { Shown } from "$/runtime/index.ts";
import { type RefObject, useLayoutEffect, useState } from "react";

export interface Beside { left: number; top: number; maxHeight: number }

const GAP = 12;

/** Where a card stands beside what was picked, in the stage; it stays there until something else is picked. Null: it has no place of its own. */
export function useBeside(card: RefObject<HTMLElement | null>, shown: Shown | null, picks: number): Beside | null {
  const [beside, setBeside] = useState<Beside | null>(null);
  const open = shown !== null;
  useLayoutEffect(() => {
    const stage = card.current?.parentElement;
    const frame = stage?.querySelector("iframe");
    if (!card.current || !stage || !frame || !shown) {
      setBeside(null);
      return;
    }
    const [around, inner] = [stage.getBoundingClientRect(), frame.getBoundingClientRect()];
    const left = inner.left - around.left + shown.box.x;
    const width = 320;
    const fits = [left + shown.box.width + GAP, left - width - GAP].find((x) => x >= GAP && x + width + GAP <= around.width);
    const under = inner.top - around.top + shown.box.y + shown.box.height + GAP;
    // What is as wide as the stage has room below it at most.
    const top = fits === undefined && under + HEIGHT + GAP <= around.height ? under : inner.top - around.top + shown.box.y;
    const lowest = Math.max(GAP, around.height - HEIGHT - GAP);
    const within = Math.min(Math.max(GAP, top), lowest);
    setBeside({ left: fits ?? Math.max(GAP, around.width - width - GAP), top: within, maxHeight: around.height - within - GAP });
    // An update moves what is picked; what the person has in hand stays.
  }, [card, open, picks]);
  return beside;
}

/** Room for all of the card, px. */
const HEIGHT = 640;
