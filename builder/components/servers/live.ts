import { BASE, ended as lineEnded } from "../client/http";

/** Frames of a websocket below `/api/v1` while the page is visible; the server measures only while somebody listens. */

const AGAIN_MS = [500, 1_000, 2_000, 5_000];

/** Follows `path` until the returned function is called. `lost`: the connection broke off and will be retried. */
export function follow<T>(path: string, take: (frame: T) => void, lost: () => void = () => {}): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let ended = false;

  const open = (): void => {
    if (ended || document.hidden || socket) return;
    const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}${BASE}${path}`);
    let there = false;
    socket = opened;
    opened.onopen = () => {
      there = true;
    };
    opened.onmessage = ({ data }: MessageEvent<string>) => {
      tries = 0;
      take(JSON.parse(data) as T);
    };
    opened.onclose = (event) => {
      if (socket !== opened) return;
      socket = null;
      if (ended || document.hidden) return;
      lineEnded(event, there);
      lost();
      timer = setTimeout(open, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    };
  };
  const shut = (): void => {
    clearTimeout(timer);
    const closing = socket;
    socket = null;
    closing?.close();
  };
  const seen = (): void => {
    if (document.hidden) shut();
    else open();
  };
  document.addEventListener("visibilitychange", seen);
  open();
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", seen);
    shut();
  };
}
