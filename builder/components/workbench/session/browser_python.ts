import { BrowserServer, type FileMap, type Looks, type RelayedAsk, type ServerOptions } from "$/runtime/index.ts";
import { Socket } from "../../client/socket";
import type { ProjectStore } from "../store/store";

/** The close code of a page whose place another one took. */
const TAKEN = 4001;
/** A restart keeps the interpreter, and is over before a longer pause would be. */
const REST_MS = 60;
/** What a front end beside the server is made of: the server does not read it. */
const OF_PAGES = /\.(?:[cm]?[jt]sx?|vue|svelte|css|s[ac]ss|less|mdx?|svg|png|jpe?g|webp|woff2?)$/;

export const servesFrom = (changed: FileMap, gone: string[]): boolean => [...Object.keys(changed), ...gone].some((path) => !OF_PAGES.test(path));

/** The project's Python app in this browser, as a server that an engine can show. */
export class BrowserPython {
  private readonly server: BrowserServer;

  constructor(store: ProjectStore, previewUrl: string, enter: () => Promise<void>) {
    this.server = new BrowserServer({
      project: store.api.id,
      previewUrl,
      files: () => store.getState().files,
      plan: async () => {
        await store.flush();
        await enter();
        return await store.api.browserServer();
      },
      relay: (take, taken) => relayed(store.api.browserServerPath(), take, taken),
    });
  }

  get calls(): Omit<ServerOptions, "previewUrl" | "frame"> {
    const { bringUp, state, followLogs, watch } = this.server;
    return { kind: "pyodide", bringUp, state, followLogs, watch, restMs: REST_MS };
  }

  /** What the app keeps in SQLite. */
  get stored(): Looks {
    return this.server.stored;
  }

  /** Deletes what the app stored. */
  async forget(): Promise<void> {
    await this.server.forget();
  }

  close(): void {
    this.server.close();
  }
}

function relayed(path: string, take: (ask: RelayedAsk) => void, taken: () => void) {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const socket = new Socket({
    path: () => path,
    take: (message) => take(JSON.parse(String(message)) as RelayedAsk),
    opened: resolve,
    ended: (code) => {
      if (code !== TAKEN) return false;
      taken();
      return true;
    },
  });
  return { ready, send: (answer: object) => socket.send(JSON.stringify(answer)), close: () => socket.close() };
}
