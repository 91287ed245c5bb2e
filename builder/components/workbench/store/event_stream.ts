import { Socket } from "../../client/socket";

/** The project's event stream over a websocket: frames in, exact resume. */

export interface Frame {
  id: number | null;
  event: string;
  data: unknown;
}

export type Connection = "connecting" | "open" | "lost";

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
  private readonly socket: Socket;

  /**
   * `path` is asked anew for every connection, so that it carries the current position; `there` before each that follows a
   * lost one: false ends them.
   */
  constructor(
    path: () => string, receive: (frames: Frame[]) => void, report: (connection: Connection) => void, there: () => Promise<boolean>,
  ) {
    this.socket = new Socket({
      path, there, silence: SILENCE_MS,
      take: (message) => receive(parseFrames(String(message))),
      opened: () => report("open"),
      lost: () => report("lost"),
    });
  }

  close(): void {
    this.socket.close();
  }
}
