import { ApiError, BASE, offline, signIn } from "../client/http";
import type { Attachment } from "../client/types";

/**
 * Sends a file; `progress` is called with the share that is sent, from 0 to 1. Rejects with `ApiError`, also when
 * `signal` ends it. By XMLHttpRequest, because `fetch` does not tell how much of a body is sent.
 */
export function upload(path: string, file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${BASE}${path}?${new URLSearchParams({ name: file.name }).toString()}`);
    request.setRequestHeader("X-Sayso-Client", "page");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.upload.onload = () => progress(1);
    request.onerror = request.onabort = () => reject(offline());
    request.onload = () => {
      if (request.status === 401) signIn();
      const body: unknown = request.response;
      if (request.status === 201) return resolve(body as Attachment);
      const error = (body as { error?: { code: string; message: string } } | null)?.error;
      reject(error ? new ApiError(request.status, error.code, error.message) : offline());
    };
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
