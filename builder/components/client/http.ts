/** How pages of ours ask the API: the one place that says who asks, and where whoever is signed out is led. */

export const BASE = "/api/v1";

/** What the server says as it closes a socket whose session has ended (RFC 6455 section 7.4.1). */
const SIGNED_OUT = 1008;

/** Chromium ends what waits for a connection when the machine's networks change, which goes on for a second or two. */
const AGAIN_MS = [100, 400, 1_600];

/**
 * `fetch` of a path below `/api/v1`. Browsers say which page asks only at addresses they trust (https, this computer);
 * a header of our own, which no page elsewhere may send, says it everywhere.
 *
 * What gets no answer is sent again, for about two seconds. By its `Idempotency-Key` the server knows what it has done.
 */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Sayso-Client", "page");
  if ((init.method ?? "GET") !== "GET") headers.set("Idempotency-Key", random());
  const answer = await persistently(() => fetch(BASE + path, { credentials: "same-origin", ...init, headers }));
  if (answer.status === 401) signIn();
  return answer;
}

async function persistently(send: () => Promise<Response>): Promise<Response> {
  for (const pause of AGAIN_MS) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;  // what `fetch` throws where there is no answer
    }
    await new Promise((over) => setTimeout(over, pause));
  }
  return send();
}

/** 128 bits; `crypto.randomUUID` is not there over plain http from another computer. */
function random(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A socket that ended: whoever is signed out signs in. A refused handshake (`opened` false) tells a page nothing, so it asks. */
export function ended({ code }: CloseEvent, opened: boolean): void {
  if (code === SIGNED_OUT) signIn();
  else if (!opened) call("/keys/anthropic").catch(() => undefined);
}

function signIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
