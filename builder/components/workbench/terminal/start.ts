import { waiting } from "$/components/servers/server";
import type { ServerView } from "../../client/types";
import type { ProjectStore } from "../store/store";

const POLL_MS = 300;

/**
 * Starts the app with the files that the person sees; resolves once it runs, and reports what it is waiting for.
 * Rejects with a plain sentence.
 */
export async function startApp(store: ProjectStore, otherwise: string, say: (text: string) => void): Promise<void> {
  await store.flush();
  let now: ServerView = await store.api.bringUp();
  while (now.status === "pending") {
    const held = waiting(now);
    if (held) say(held);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    now = await store.api.serverState();
  }
  if (now.status !== "running") throw new Error(now.fault?.message ?? otherwise);
}
