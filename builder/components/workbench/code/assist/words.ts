import { answer, ApiError, offline } from "../../../client/http";

/**
 * An answer in words, as it comes: `say` gets each piece. Resolves once it is whole; rejects with `ApiError`, also when it
 * breaks off. `signal` ends it.
 */
export async function words(path: string, body: unknown, say: (piece: string) => void, signal: AbortSignal): Promise<void> {
  const response = await answer(path, { method: "POST", body, signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await (reader?.read() ?? Promise.reject(offline())).catch(() => Promise.reject(offline()));
    if (done) throw offline();  // without the event that ends it
    const frames = (held + value).split("\n\n");
    held = frames.pop() ?? "";
    for (const frame of frames) {
      const [kind, data] = frame.split("\ndata: ");
      const told = JSON.parse(data ?? "{}") as { delta?: string; code?: string; message?: string };
      if (kind === "event: text") say(told.delta ?? "");
      else if (kind === "event: error") throw new ApiError(200, told.code ?? "", told.message ?? "");
      else if (kind === "event: done") return;
    }
  }
}
