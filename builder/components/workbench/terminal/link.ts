/** One terminal's line to the server: output in, keys out, and on again where it was after the line was lost. */

import { Socket } from "../../client/socket";
import type { Schemas } from "../../client/types";

export type LinkState =
  | { is: "connecting" | "open" | "lost" | "asleep" | "gone" }
  | { is: "ended"; code: number | null; running: boolean };

/** What the output is shown on. */
export interface Screen {
  /** Calls `done` once `data` is on the screen. */
  write(data: Uint8Array, done: () => void): void;
  reset(): void;
}

export interface LinkOptions {
  /** The path below `/api/v1` that goes on after so many bytes. */
  path(after: number): string;
  /** Whether the server still has the terminal; rejects where it does not answer. */
  exists(): Promise<boolean>;
  screen: Screen;
  state(state: LinkState): void;
  refused(): void;
}

/** The server holds the output back while more than 128 kB of it are not said to be shown. */
const TELL_EVERY = 16 * 1024;
/** Keys pressed before the line is there. */
const MOST_EARLY = 1_000;
/** What every answer of a screen begins with, and no letter that a person types. */
const ESCAPE = 0x1b;
/** More than this waiting to be sent is a line that is as good as lost. */
const MOST_WAITING = 1024 * 1024;

export class TerminalLink {
  private readonly socket: Socket;
  private received = 0;
  private shown = 0;
  private told = 0;
  /** Up to here the output was answered before: a screen that answers it again would type into the shell. */
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

  /** What the person or the screen itself typed. The screen answers nothing while old output is shown again. */
  type(data: Uint8Array<ArrayBuffer>): void {
    if (!this.begun) {
      // Nothing is on the screen yet that it could answer: a person was quicker than the line.
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
