/** How pages of ours ask the API: the one place that says who asks, and where whoever is signed out is led. */

export const BASE = "/api/v1";

/** What the server says as it closes a socket whose session has ended (RFC 6455 section 7.4.1). */
const SIGNED_OUT = 1008;

/**
 * `fetch` of a path below `/api/v1`. Browsers say which page asks only at addresses they trust (https, this computer);
 * a header of our own, which no page elsewhere may send, says it everywhere.
 */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Sayso-Client", "page");
  const answer = await fetch(BASE + path, { credentials: "same-origin", ...init, headers });
  if (answer.status === 401) signIn();
  return answer;
}

/** A socket that ended: whoever is signed out signs in. A refused handshake (`opened` false) tells a page nothing, so it asks. */
export function ended({ code }: CloseEvent, opened: boolean): void {
  if (code === SIGNED_OUT) signIn();
  else if (!opened) call("/keys/anthropic").catch(() => undefined);
}

function signIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
