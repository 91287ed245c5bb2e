import { ended } from "../../client/http";

/** The project's event stream over a websocket: frames in, exact resume, back-off with jitter. */

export interface Frame {
  id: number | null;
  event: string;
  data: unknown;
}

export type Connection = "connecting" | "open" | "lost";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** The server sends a comment every 15 s; after two and a half missed ones the connection counts as dead. */
const SILENCE_MS = 40_000;

/** The frames of one message; comments (heartbeats) and frames without data are left out. */
export function parseFrames(message: string): Frame[] {
  const frames: Frame[] = [];
  for (const block of message.split("\n\n")) {
    let id: number | null = null;
    let event = "message";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      if (line.startsWith("id: ")) id = Number(line.slice(4));
      else if (line.startsWith("event: ")) event = line.slice(7);
      else if (line.startsWith("data: ")) data.push(line.slice(6));
    }
    if (data.length) frames.push({ id, event, data: JSON.parse(data.join("\n")) });
  }
  return frames;
}

export class EventStream {
  private socket: WebSocket | null = null;
  private wait = FIRST_WAIT_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  /** `url` is asked anew for every connection, so that it carries the current position. */
  constructor(
    private readonly url: () => string,
    private readonly receive: (frames: Frame[]) => void,
    private readonly report: (connection: Connection) => void,
  ) {
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.open();
  }

  close(): void {
    this.closed = true;
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.socket?.close();
  }

  private readonly hurry = (): void => {
    if (document.hidden || this.socket !== null || this.closed) return;
    clearTimeout(this.retry);
    this.open();
  };

  private open(): void {
    const socket = new WebSocket(this.url());
    let opened = false;
    this.socket = socket;
    this.listen();
    socket.onopen = () => {
      opened = true;
      this.report("open");
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.wait = FIRST_WAIT_MS;
      this.listen();
      this.receive(parseFrames(message.data));
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      ended(event, opened);
      this.lost();
    };
  }

  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.socket?.close();
      this.lost();
    }, SILENCE_MS);
  }

  private lost(): void {
    this.socket = null;
    clearTimeout(this.silence);
    if (this.closed) return;
    this.report("lost");
    this.retry = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }
}
