/**
 * How our pages call the API: the one place that identifies the page, and sends a signed-out person to the sign-in
 * page.
 */

import catalogue from "$/texts/client.en.json";
import { texts } from "./texts";

export const BASE = "/api/v1";

const t = texts(catalogue);

/**
 * Waits between the tries. When the machine's networks change, Chromium aborts waiting requests, for a second or two.
 */
const AGAIN_MS = [100, 400, 1_600];

/**
 * `fetch` of a path below `/api/v1`. Browsers name the asking page only to addresses they trust (https, this computer).
 * A header of our own, which no foreign page may send, identifies our pages everywhere.
 *
 * A request without an answer is repeated for about two seconds. By its `Idempotency-Key` the server knows which
 * requests it has carried out.
 */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Sayso-Client", "page");
  if ((init.method ?? "GET") !== "GET") headers.set("Idempotency-Key", random());
  const answer = await persistently(() => fetch(BASE + ofTeam(path), { credentials: "same-origin", ...init, headers }));
  if (answer.status === 401) signIn();
  return answer;
}

/** On the page of a team (`/?team=…`), what concerns no one project is asked of the team. */
function ofTeam(path: string): string {
  const team = new URLSearchParams(location.search).get("team");
  if (!team || /^\/projects\/(?!import)/.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}team=${encodeURIComponent(team)}`;
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
  /** A blob is sent as it is, with its own type; anything else is sent as JSON. */
  body?: unknown;
  keepalive?: boolean;
  /** Ends the call: it rejects as one that got no answer. */
  signal?: AbortSignal;
}

/** The response to a call when it is no error. Rejects with `ApiError`. */
export async function answer(path: string, { method = "GET", body, keepalive = false, signal }: Call = {}): Promise<Response> {
  const init: RequestInit = { method, keepalive, ...(signal && { signal }) };
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

/** The content of the response to a call; null when it has none. Rejects with `ApiError`. */
export async function json<T>(path: string, options: Call = {}): Promise<T> {
  const response = await answer(path, options);
  return (response.status === 204 ? null : await held(response.json())) as T;
}

/** The content of a response; a response that breaks off counts as none. */
export async function held<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch {
    throw offline();
  }
}

/** The sentence that says why something failed. */
export const reasonOf = (reason: unknown): string => (reason instanceof ApiError ? reason : offline()).message;

/** The failure of a call that got no answer. */
export const offline = (): ApiError => new ApiError(0, "offline", t("client.offline"));

/**
 * The result of `send`, which is repeated for about two seconds while it gets no answer. Also used to load code on
 * demand.
 */
export async function persistently<T>(send: () => Promise<T>): Promise<T> {
  for (const pause of AGAIN_MS) {
    try {
      return await send();
    } catch (error) {
      // `fetch` and `import` throw a TypeError when there is no answer.
      if (!(error instanceof TypeError) && !isStyledAnew(error)) throw error;
    }
    await new Promise((over) => setTimeout(over, pause));
  }
  return send();
}

/** Styles that code was to be loaded with did not come: they are asked for again, which Vite does only once. */
function isStyledAnew(error: unknown): boolean {
  const address = error instanceof Error ? error.message.split("Unable to preload CSS for ")[1] : undefined;
  if (address === undefined) return false;
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')];
  for (const link of links.filter(({ href }) => href === new URL(address, location.href).href)) link.replaceWith(link.cloneNode());
  return true;
}

/** 128 bits; `crypto.randomUUID` does not exist over plain http from another computer. */
function random(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** To the sign-in page, and back here from there. */
export function signIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}
