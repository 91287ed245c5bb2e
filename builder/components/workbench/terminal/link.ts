/**
 * The connection of one terminal to the server: output in, keys out; after it was lost it continues at the same byte.
 */

import type { Schemas } from "../../client/types";

export type Told = Schemas["TerminalFrame"];

export type LinkState =
  | { is: "connecting" | "open" | "lost" | "asleep" | "gone" }
  | { is: "ended"; code: number | null; running: boolean };

/** The display of the output. */
export interface Screen {
  /** Calls `done` once `data` is on the screen. */
  write(data: Uint8Array, done: () => void): void;
  reset(): void;
}

export interface LinkOptions {
  /** The address that continues after so many bytes. */
  url(after: number): string;
  /** Whether the server still has the terminal; rejects when the server does not answer. */
  exists(): Promise<boolean>;
  screen: Screen;
  state(state: LinkState): void;
  refused(): void;
  connect?(url: string): WebSocket;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** The server pauses the output while more than 128 kB of it are not acknowledged as shown. */
const TELL_EVERY = 16 * 1024;
/** The most inputs kept while the connection is not open yet. */
const MOST_EARLY = 1_000;
/**
 * The first byte of every answer that a terminal emulator sends by itself; no key that types a letter begins with it.
 */
const ESCAPE = 0x1b;
/** With more bytes than this waiting to be sent, the connection counts as lost. */
const MOST_WAITING = 1024 * 1024;

export class TerminalLink {
  private socket: WebSocket | null = null;
  private received = 0;
  private shown = 0;
  private told = 0;
  /**
   * Output up to this byte was answered before: if the emulator answered it again, the answer would be typed into the
   * shell.
   */
  private replayed = 0;
  private size: [number, number] | null = null;
  private wait = FIRST_WAIT_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private begun = false;
  private early: Uint8Array<ArrayBuffer>[] = [];

  constructor(private readonly options: LinkOptions) {
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    options.state({ is: "connecting" });
    this.open();
  }

  close(): void {
    this.closed = true;
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = null;
  }

  /** Input from the person or from the emulator itself. The emulator's answers to replayed output are dropped. */
  type(data: Uint8Array<ArrayBuffer>): void {
    const { socket } = this;
    if (!this.begun) {
      // There is no output yet that the emulator could answer: the person typed before the connection was open.
      if (this.early.length < MOST_EARLY) this.early.push(data);
      return;
    }
    const answersOld = this.shown < this.replayed && data[0] === ESCAPE;
    if (socket?.readyState !== 1 || answersOld || socket.bufferedAmount > MOST_WAITING) return;
    socket.send(data);
  }

  resize(columns: number, rows: number): void {
    this.size = [columns, rows];
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ size: this.size }));
  }

  private readonly hurry = (): void => {
    if (document.hidden || this.socket !== null || this.closed) return;
    clearTimeout(this.retry);
    void this.again();
  };

  private open(): void {
    const url = this.options.url(this.received);
    const socket = this.options.connect?.(url) ?? new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      if (this.size) socket.send(JSON.stringify({ size: this.size }));
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.socket) return;
      if (typeof data === "string") this.hear(JSON.parse(data) as Told);
      else this.show(new Uint8Array(data));
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  private hear(told: Told): void {
    switch (told.kind) {
      case "open":
        this.wait = FIRST_WAIT_MS;
        if (told.fresh) {
          this.options.screen.reset();
          this.shown = told.start;
          this.replayed = told.end;
        }
        this.received = told.start;
        this.told = told.start;
        this.begun = true;
        for (const data of this.early.splice(0)) this.socket?.send(data);
        this.options.state({ is: "open" });
        return;
      case "asleep":
        this.options.state({ is: "asleep" });
        return;
      case "awake":
        this.options.state({ is: "open" });
        return;
      case "refused":
        this.options.refused();
        return;
      case "ended":
        this.close();
        this.options.state({ is: "ended", code: told.code, running: told.running });
    }
  }

  private show(data: Uint8Array): void {
    this.received += data.length;
    const end = this.received;
    this.options.screen.write(data, () => {
      this.shown = Math.max(this.shown, end);
      if (end - this.told < TELL_EVERY || this.socket?.readyState !== 1) return;
      this.told = end;
      this.socket.send(JSON.stringify({ at: end }));
    });
  }

  private lost(): void {
    this.socket = null;
    if (this.closed) return;
    this.options.state({ is: "lost" });
    this.retry = setTimeout(() => void this.again(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  /** A refused handshake gives the page no reason, so the server is asked first. */
  private async again(): Promise<void> {
    let there = true;
    try {
      there = await this.options.exists();
    } catch {
      if (this.socket === null) this.lost();
      return;
    }
    if (this.closed || this.socket !== null) return;
    if (there) this.open();
    else {
      this.close();
      this.options.state({ is: "gone" });
    }
  }
}
