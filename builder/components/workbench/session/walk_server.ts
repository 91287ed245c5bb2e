import { ApiError, persistently } from "../../client/http";
import type { Answer, Engines } from "../../client/types";
import { t } from "../../client/walked_texts";
import type { ProjectApi } from "../store/api";
import { serverKind } from "./engines";

/** Asked again so often while it comes up, and while somebody else walks through the project. */
const COMES_MS = 400;
const TAKEN_MS = 2_000;
/** So long a page waits for either. */
const LONGEST_MS = 90_000;
/** The server ends it half a minute after it was last asked for. */
const KEEP_MS = 8_000;

/** Why walks cannot be walked; its message is for the person. */
export class NotWalked extends ApiError {
  constructor(why: string) {
    super(0, "not_walked", why);
  }
}

/** What walks through a project need: its page alone, a server as well, or what there is not, with the reason. */
export function walksNeed(project: string, engines: Engines): "page" | "server" | { why: string } {
  const server = serverKind(project, engines);
  if (server === "docker") return "server";
  if (server === "pyodide" || engines.kind === "webcontainer") return { why: t("walked.server.in_browser") };
  return engines.missing || (engines.kind === "instant" && !engines.complete) || engines.kind === "docker" ? { why: engines.reason } : "page";
}

type View = Answer<"open_walk_server">;

/** A server that runs one version with a copy of the project's data, for the walks alone. */
export class WalkServer {
  private readonly timer = setInterval(() => void this.keep(), KEEP_MS);

  private constructor(private readonly api: ProjectApi, private readonly version: string, private readonly lease: string) {}

  /** Once it answers. Rejects with `NotWalked`, and with the signal's reason. */
  static async open(api: ProjectApi, version: string, signal: AbortSignal): Promise<WalkServer> {
    const end = performance.now() + LONGEST_MS;
    let view = await api.openWalkServer(version, "");
    while (view.status === "starting" || view.status === "taken") {
      await pause(view.status === "taken" ? TAKEN_MS : COMES_MS, signal);
      if (signal.aborted || performance.now() > end) {
        if (view.lease) void api.endWalkServer(view.lease).catch(() => undefined);
        signal.throwIfAborted();
        throw new NotWalked(t(view.status === "taken" ? "walked.server.taken" : "walked.server.slow"));
      }
      view = await api.openWalkServer(version, view.lease);
    }
    await entered(view);
    return new WalkServer(api, version, view.lease);
  }

  /** A walk begins: the server has the data of the copy again. Rejects with `NotWalked`. */
  readonly begins = async (): Promise<void> => {
    const view = await this.api.beginWalk(this.lease);
    if (view.status !== "ready") throw new NotWalked(view.why || t("walked.server.slow"));
  };

  close(): void {
    clearInterval(this.timer);
    // What is not told is ended by the server itself.
    this.api.endWalkServer(this.lease).catch(() => undefined);
  }

  private async keep(): Promise<void> {
    await this.api.openWalkServer(this.version, this.lease).catch(() => undefined);
  }
}

async function entered({ status, why, ways_in }: View): Promise<void> {
  if (status === "failed") throw new NotWalked(why);
  // Other hosts than the API's, whose answers no page here may read.
  for (const way of ways_in) await persistently(() => fetch(way, { mode: "no-cors", credentials: "include", cache: "no-store" }));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
