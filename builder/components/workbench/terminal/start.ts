import type { ServerState } from "$/runtime/index.ts";
import type { ProjectStore } from "../store";

const POLL_MS = 300;

/** Have the app run what the person sees; resolves once it does. Rejects with a plain sentence. */
export async function startApp(store: ProjectStore, otherwise: string): Promise<void> {
  await store.flush();
  let now: ServerState = await store.api.bringUp();
  while (now.status === "pending") {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    now = await store.api.serverState();
  }
  if (now.status !== "running") throw new Error(now.fault?.message ?? otherwise);
}
