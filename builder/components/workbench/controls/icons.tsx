import type { ReactElement } from "react";

/** Paths of 16 × 16 line icons, 1.5 wide. */
const PATHS = {
  back: "M10 3.5 5.5 8l4.5 4.5",
  forward: "M6 3.5 10.5 8 6 12.5",
  turn: "M2.5 6.5h7v7h-7zM7 3h3.2A2.8 2.8 0 0 1 13 5.8V9M11.4 7.4 13 9l1.6-1.6",
  down: "M4 6.2 8 10l4-3.8",
  up: "M4 9.8 8 6l4 3.8",
  right: "M6.2 4 10 8l-3.8 4",
  undo: "M5.5 3 2.5 6l3 3M3 6h6.2a3.8 3.8 0 0 1 0 7.6H6",
  redo: "m10.5 3 3 3-3 3M13 6H6.8a3.8 3.8 0 0 0 0 7.6H10",
  reload: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.7h-2.7",
  external: "M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3 7.5 8.5",
  expand: "M9.5 3H13v3.5M6.5 13H3V9.5M13 3 9 7M3 13l4-4",
  collapse: "M12.5 6.5H9.5v-3M3.5 9.5h3v3M9.5 6.5 13 3M6.5 9.5 3 13",
  phone: "M5 2.5h6v11H5zM7.3 11.7h1.4",
  tablet: "M3.5 2.5h9v11h-9zM7.3 11.7h1.4",
  beside: "M2 3h12v10H2zM9 3v10",
  full: "M1.8 3.5h12.4v8H1.8zM5.5 13.5h5",
  aim: "M3.5 3.5 7.4 13.2l1.5-4.3 4.3-1.5zM9.4 9.4l3.6 3.6",
  check: "m3.5 8.5 3 3 6-7",
  play: "M5 3.5v9l7-4.5z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  folder: "M2 4h4.2l1.3 1.6H14v7.4H2z",
  new_file: "M9 2H4v12h4M9 2l3 3v3M9 2v3h3M12 10v4M10 12h4",
  upload: "M8 10V3M5 6l3-3 3 3M3 13h10",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5 5 13h6l.5-8.5",
  pencil: "m3 13 .7-3L10.5 3.2l2.3 2.3L6 12.3z",
  stop: "M4.5 4.5h7v7h-7z",
  send: "M8 13V3M4 7l4-4 4 4",
  close: "m4 4 8 8M12 4l-8 8",
  voice: "M8 10a2 2 0 0 0 2-2V4a2 2 0 0 0-4 0v4a2 2 0 0 0 2 2zM3.8 7.8a4.2 4.2 0 0 0 8.4 0M8 12v2",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6",
  dots: "M3.2 8h.6M7.7 8h.6M12.2 8h.6",
  warning: "M8 2.5 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.01",
  chat: "M2.5 3h11v8H7l-3 2.5V11H2.5z",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  code: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
  lines: "M3 4h10M3 8h10M3 12h6",
  plus: "M8 3.2v9.6M3.2 8h9.6",
  paste: "M5.5 3.5h-2v10h9v-10h-2M5.5 2.5h5v2.5h-5z",
  bring: "M8 2.5v7M5 6.8l3 3 3-3M3 13h10",
  prompt: "m3 4.5 3.5 3.5L3 11.5M8.5 12H13",
  lock: "M4 7.5h8V13H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  link: "M6.7 9.3 9.3 6.7M7 4.7l1.3-1.3a3 3 0 0 1 4.3 4.3L11.3 9M9 11.3l-1.3 1.3a3 3 0 0 1-4.3-4.3L4.7 7",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: the button around it carries the accessible name. */
export function Icon({ name }: { name: IconName }): ReactElement {
  return (
    <svg className={`wb-icon wb-icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Done, being written, or not done. */
export function FileMark({ state }: { state: "done" | "writing" | "cut" }): ReactElement {
  if (state === "done") return <Icon name="check" />;
  return (
    <svg className={`wb-icon wb-mark-${state}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="4.5" />
    </svg>
  );
}
