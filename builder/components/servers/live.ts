import { Socket } from "../client/socket";

/**
 * Follows the frames of a path below `/api/v1` while the page is seen, as the server measures only while somebody looks,
 * until the returned function is called. `lost`: the connection broke off and is tried again.
 */
export function follow<T>(path: string, take: (frame: T) => void, lost?: () => void): () => void {
  const socket = new Socket({ path: () => path, take: (frame) => take(JSON.parse(String(frame)) as T), seen: true, lost });
  return () => socket.close();
}
