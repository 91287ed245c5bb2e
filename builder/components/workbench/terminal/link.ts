/**
 * The connection of one terminal to the server: output in, keys out; after it was lost it continues at the same byte.
 */

import { Socket } from "../../client/socket";
import type { Schemas } from "../../client/types";

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
  /** The path below `/api/v1` that continues after so many bytes. */
  path(after: number): string;
  /** Whether the server still has the terminal; rejects when the server does not answer. */
  exists(): Promise<boolean>;
  screen: Screen;
  state(state: LinkState): void;
  refused(): void;
}

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
  private readonly socket: Socket;
  private received = 0;
  private shown = 0;
  private told = 0;
  /**
   * Output up to this byte was answered before: if the emulator answered it again, the answer would be typed into the
   * shell.
   */
  private replayed = 0;
  private size: [number, number] | null = null;
  private begun = false;
  private early: Uint8Array<ArrayBuffer>[] = [];

  constructor(private readonly options: LinkOptions) {
    options.state({ is: "connecting" });
    this.socket = new Socket({
      path: () => options.path(this.received),
      opened: () => this.tell(),
      take: (message) => {
        if (typeof message === "string") this.hear(JSON.parse(message) as Schemas["TerminalFrame"]);
        else this.show(new Uint8Array(message));
      },
      lost: () => options.state({ is: "lost" }),
      there: async () => {
        const there = await options.exists();
        if (!there) options.state({ is: "gone" });
        return there;
      },
    });
  }

  close(): void {
    this.socket.close();
  }

  /** Input from the person or from the emulator itself. The emulator's answers to replayed output are dropped. */
  type(data: Uint8Array<ArrayBuffer>): void {
    if (!this.begun) {
      // There is no output yet that the emulator could answer: the person typed before the connection was open.
      if (this.early.length < MOST_EARLY) this.early.push(data);
      return;
    }
    const answersOld = this.shown < this.replayed && data[0] === ESCAPE;
    if (!answersOld && (this.socket.waiting ?? 0) <= MOST_WAITING) this.socket.send(data);
  }

  resize(columns: number, rows: number): void {
    this.size = [columns, rows];
    this.tell();
  }

  private tell(): void {
    if (this.size) this.socket.send(JSON.stringify({ size: this.size }));
  }

  private hear(told: Schemas["TerminalFrame"]): void {
    switch (told.kind) {
      case "open":
        if (told.fresh) {
          this.options.screen.reset();
          this.shown = told.start;
          this.replayed = told.end;
        }
        this.received = told.start;
        this.told = told.start;
        this.begun = true;
        for (const data of this.early.splice(0)) this.socket.send(data);
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
      if (end - this.told < TELL_EVERY || this.socket.waiting === null) return;
      this.told = end;
      this.socket.send(JSON.stringify({ at: end }));
    });
  }
}
