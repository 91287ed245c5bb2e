// One call of the HTTP API; failures carry the server's own sentence.
import { call } from "../client/http";

/** A call that failed; `status` is 0 when the server did not answer at all. */
export class Failure extends Error {
  readonly status: number;
  readonly code: string;
  constructor(message: string, status: number, code: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function ask<T>(method: string, path: string, body?: unknown, type = "application/json"): Promise<T> {
  let answer: Response;
  try {
    const request: RequestInit = { method };
    if (body !== undefined) {
      request.headers = { "content-type": type };
      request.body = body instanceof Blob ? body : JSON.stringify(body);
    }
    answer = await call(path, request);
  } catch {
    throw new Failure("", 0, "unreachable");
  }
  if (answer.status === 204) return undefined as T;
  const value = (await answer.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
  if (!answer.ok) throw new Failure(value?.error?.message ?? `${answer.status} ${answer.statusText}`, answer.status, value?.error?.code ?? "unknown");
  return value as T;
}
