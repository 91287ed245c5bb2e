/** The pages' websockets. They reconnect until they are closed; when the session has ended, the sign-in page is opened. */

import { BASE, call, signIn } from "./http";

/** The close code of a socket whose session has ended (RFC 6455 section 7.4.1). */
const SIGNED_OUT = 1008;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

export interface SocketOptions {
  /** The path below `/api/v1`, asked anew for every connection, so that it carries the current position. */
  path(): string;
  take(message: string | ArrayBuffer): void;
  opened?(): void;
  /** It was closed with this code: true where that is its end. */
  ended?(code: number): boolean;
  /** The connection broke off and will be retried. */
  lost?(): void;
  /** Asked before each retry: false ends them. It rejects when the server does not answer. */
  there?(): Promise<boolean>;
  /** Whether it is closed while the page is not visible. */
  seen?: boolean;
  /** After so many ms without a message the connection counts as dead. */
  silence?: number;
}

/** The pauses between retries grow until a message arrives. They have jitter, because many pages lose a server at once. */
export class Socket {
  private socket: WebSocket | null = null;
  private wait = FIRST_WAIT_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private opened = false;
  private closed = false;

  constructor(private readonly options: SocketOptions) {
    addEventListener("online", this.look);
    document.addEventListener("visibilitychange", this.look);
    if (!(options.seen && document.hidden)) this.open();
  }

  close(): void {
    this.closed = true;
    removeEventListener("online", this.look);
    document.removeEventListener("visibilitychange", this.look);
    this.shut();
  }

  /** Bytes waiting to be sent; null when the connection is not open. */
  get waiting(): number | null {
    return this.socket?.readyState === 1 ? this.socket.bufferedAmount : null;
  }

  /** Dropped when the connection is not open. */
  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.socket?.readyState === 1) this.socket.send(message);
  }

  /** The page became visible, or the network is back: reconnect now. */
  private readonly look = (): void => {
    if (document.hidden) {
      if (this.options.seen) this.shut();
    } else if (this.socket === null) void this.again();
  };

  private shut(): void {
    clearTimeout(this.retry);
    clearTimeout(this.quiet);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private open(): void {
    clearTimeout(this.retry);
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${BASE}${this.options.path()}`);
    this.opened = false;
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.listen();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.opened = true;
      this.options.opened?.();
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.socket) return;
      this.wait = FIRST_WAIT_MS;
      this.listen();
      this.options.take(data);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      if (this.options.ended?.(code)) return this.close();
      if (code !== SIGNED_OUT) return this.lost();
      this.close();
      signIn();
    };
  }

  private listen(): void {
    clearTimeout(this.quiet);
    if (this.options.silence === undefined) return;
    this.quiet = setTimeout(() => {
      this.shut();
      this.lost();
    }, this.options.silence);
  }

  private lost(): void {
    this.shut();
    this.options.lost?.();
    this.retry = setTimeout(() => void this.again(), this.wait * (0.5 + Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  /** A refused handshake gives the page no reason, so the server is asked first. */
  private async again(): Promise<void> {
    clearTimeout(this.retry);
    const ask = this.options.there ?? (this.opened ? null : signedIn);
    let there = true;
    try {
      if (ask) there = await ask();
    } catch {
      if (!this.closed && this.socket === null) this.lost();
      return;
    }
    if (!there) this.close();
    else if (!this.closed && this.socket === null) this.open();
  }
}

/** Opens the sign-in page if it is not so. */
const signedIn = async (): Promise<boolean> => (await call("/keys")).status !== 401;
