import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { type ReactElement, type RefObject, useEffect, useRef } from "react";
import { MOST_TYPED, type TerminalApi } from "./api";
import { type LinkState, TerminalLink } from "./link";
import { t } from "../../client/terminal_texts";
import { followTheme, theme } from "./theme";

const SETTLE_MS = 60;

/** What the bar around a terminal can do with it. */
export interface Handle {
  focus(): void;
  /** Types keys that a phone's keyboard lacks. */
  press(keys: string): void;
  paste(text: string): void;
  /** The text that is selected, "" for none. */
  selection(): string;
}

interface Props {
  api: TerminalApi;
  id: string;
  number: number;
  reader: boolean;
  /** Whether it takes the focus at once. */
  eager: RefObject<boolean>;
  handle: RefObject<Handle | null>;
  leave: () => void;
  copy: (text: string) => void;
  refused: () => void;
  state: (state: LinkState) => void;
}

/**
 * One terminal on the screen. The terminal itself lives on the server: a person who leaves and comes back sees what it
 * printed meanwhile.
 */
export function TerminalScreen({ api, id, number, reader, eager, handle, leave, copy, refused, state }: Props): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal | null>(null);
  const calls = useRef({ leave, copy, refused, state });
  calls.current = { leave, copy, refused, state };

  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const xterm = new Terminal({
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
      fontSize: matchMedia("(max-width: 560px)").matches ? 12 : 13,
      lineHeight: 1.25,
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      screenReaderMode: reader,
      scrollback: 5_000,
      theme: theme(),
    });
    terminal.current = xterm;
    const fit = new FitAddon();
    xterm.loadAddon(fit);
    xterm.open(parent);
    xterm.textarea?.setAttribute("aria-label", t("terminal.label", { number }));
    let link: TerminalLink | null = null;
    let settling: ReturnType<typeof setTimeout> | undefined;
    let ended = false;

    const resize = (): void => {
      if (parent.clientWidth > 0 && parent.clientHeight > 0) fit.fit();
    };
    const observer = new ResizeObserver(resize);
    const unfollow = followTheme(() => {
      xterm.options.theme = theme();
    });
    const bytes = new TextEncoder();
    const type = (data: Uint8Array<ArrayBuffer>): void => {
      if (data.length > MOST_TYPED) calls.current.refused();
      else link?.type(data);
    };
    xterm.onData((data) => type(bytes.encode(data)));
    xterm.onBinary((data) => type(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    xterm.onResize(({ cols, rows }) => {
      clearTimeout(settling);
      settling = setTimeout(() => link?.resize(cols, rows), SETTLE_MS);
    });
    xterm.attachCustomKeyEventHandler((event) => {
      if (event.type !== "keydown" || event.altKey || event.metaKey || !event.ctrlKey) return true;
      const key = event.key.toLowerCase();
      // Ctrl+M means Enter to every program, so using it to leave the terminal costs nothing.
      if (key === "m" && !event.shiftKey) calls.current.leave();
      else if (key === "c" && (event.shiftKey || xterm.hasSelection())) {
        if (!xterm.hasSelection()) return event.preventDefault(), false;
        calls.current.copy(xterm.getSelection());
        if (!event.shiftKey) xterm.clearSelection();
      } else return !(key === "v" && event.shiftKey); // the browser pastes
      event.preventDefault();
      return false;
    });
    handle.current = {
      focus: () => xterm.focus(),
      press: (keys) => xterm.input(keys, true),
      paste: (text) => xterm.paste(text),
      selection: () => xterm.getSelection(),
    };
    // Measured with another font, the columns would not line up.
    void document.fonts.load("13px 'Geist Mono'").catch(() => []).then(() => {
      if (ended) return;
      observer.observe(parent);
      resize();
      link = new TerminalLink({
        url: (after) => api.url(id, after),
        exists: async () => (await api.list()).some((one) => one.id === id),
        screen: { write: (data, done) => xterm.write(data, done), reset: () => xterm.reset() },
        state: (now) => calls.current.state(now),
        refused: () => calls.current.refused(),
      });
      link.resize(xterm.cols, xterm.rows);
      if (eager.current) xterm.focus();
    });
    return () => {
      ended = true;
      clearTimeout(settling);
      observer.disconnect();
      unfollow();
      link?.close();
      handle.current = null;
      terminal.current = null;
      xterm.dispose();
    };
  }, [api, id, number, eager, handle]);

  useEffect(() => {
    if (terminal.current) terminal.current.options.screenReaderMode = reader;
  }, [reader]);

  return <div className="wb-terminal-screen" ref={box} />;
}
