import { Socket } from "../client/socket";

/**
 * Follows the frames of a websocket below `/api/v1` until the returned function is called, while the page is visible: the
 * server measures only while somebody listens. `lost`: the connection broke off and will be retried.
 */
export function follow<T>(path: string, take: (frame: T) => void, lost?: () => void): () => void {
  const socket = new Socket({ path: () => path, take: (frame) => take(JSON.parse(String(frame)) as T), seen: true, lost });
  return () => socket.close();
}
