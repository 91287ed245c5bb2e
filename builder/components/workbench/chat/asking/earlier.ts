import { type KeyboardEvent, useRef } from "react";
import { askedBefore } from "./asked_before";
import type { State } from "../../store/state";

/**
 * ↑ in an empty field brings what was asked before, ↓ leads back to the empty field. Returns whether the key was for that:
 * a text that the person has written or changed is never taken from them.
 */
export function useEarlier(state: State, text: string, setText: (text: string) => void): (event: KeyboardEvent) => boolean {
  const at = useRef(-1);
  return (event) => {
    const up = event.key === "ArrowUp";
    if ((!up && event.key !== "ArrowDown") || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    const asked = askedBefore(state);
    if (text === "") at.current = -1;
    else if (at.current < 0 || asked[at.current] !== text) return false;
    const next = at.current + (up ? 1 : -1);
    if (next < -1 || next >= asked.length) return false;
    at.current = next;
    setText(asked[next] ?? "");
    event.preventDefault();
    return true;
  };
}
