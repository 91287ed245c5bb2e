/** How pages of ours ask the API: the one place that says who asks, and where whoever is signed out is led. */

import catalogue from "$/texts/client.en.json";
import { texts } from "./texts";

export const BASE = "/api/v1";

const t = texts(catalogue);

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

/** A refusal with the server's own sentence, or `offline` when there was no answer at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number, readonly code: string, message: string, readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export interface Call {
  method?: string;
  /** A blob goes as it is, with its own type; anything else as JSON. */
  body?: unknown;
  keepalive?: boolean;
}

/** The answer to a call, where it is none of the errors. Rejects with `ApiError`. */
export async function answer(path: string, { method = "GET", body, keepalive = false }: Call = {}): Promise<Response> {
  const init: RequestInit = { method, keepalive };
  if (body instanceof Blob) init.body = body;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  let response: Response;
  try {
    response = await call(path, init);
  } catch {
    throw offline();
  }
  if (response.ok) return response;
  const shape: unknown = await response.json().catch(() => null);
  const error = (shape as { error?: { code?: string; message?: string; details?: Record<string, unknown> } } | null)?.error;
  throw new ApiError(
    response.status, error?.code ?? "unexpected", error?.message ?? t("client.status", { status: response.status }), error?.details,
  );
}

/** What the answer to a call holds; null where it holds nothing. Rejects with `ApiError`. */
export async function json<T>(path: string, options: Call = {}): Promise<T> {
  const response = await answer(path, options);
  return (response.status === 204 ? null : await held(response.json())) as T;
}

/** What an answer holds; one that breaks off is no answer. */
export async function held<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch {
    throw offline();
  }
}

/** The sentence that says why something failed. */
export const reasonOf = (reason: unknown): string => (reason instanceof ApiError ? reason : offline()).message;

const offline = (): ApiError => new ApiError(0, "offline", t("client.offline"));

/** What `send` gives; where it gets no answer it is tried again, for about two seconds: code that is fetched when it is needed, too. */
export async function persistently<T>(send: () => Promise<T>): Promise<T> {
  for (const pause of AGAIN_MS) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;  // what `fetch` and `import` throw where there is no answer
    }
    await new Promise((over) => setTimeout(over, pause));
  }
  return send();
}

/** 128 bits; `crypto.randomUUID` is not there over plain http from another computer. */
function random(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** To the sign-in page, and back here from there. */
export function signIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
