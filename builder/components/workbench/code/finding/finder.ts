import type { ProjectStore } from "../../store/store";
import type { FilesChange } from "../../store/files";
import type { Hits, Query } from "./search";
import type { FromSearch, ToSearch } from "./search_worker";

/** A pattern may take for ever: its worker is ended then. */
const PATIENCE_MS = 4_000;

/** Looks through the texts of a project in a worker, so that whoever types waits for nothing. */
export class Finder {
  private worker: Worker;
  private readonly end: () => void;
  private asked = 0;
  private waiting: { id: number; take: (message: FromSearch | null) => void; timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(private readonly store: ProjectStore) {
    this.worker = this.start();
    this.end = store.onFiles((change) => this.send(change));
  }

  close(): void {
    this.settle(null);
    this.end();
    this.worker.terminate();
  }

  /** null: it took too long, or something else is looked for by now. */
  async find(query: Query): Promise<Hits | null> {
    const found = await this.ask({ id: ++this.asked, query });
    return found && "hits" in found ? found.hits : null;
  }

  /** The texts of these files with every match replaced; null as above. */
  async replaced(query: Query, paths: string[]): Promise<Record<string, string> | null> {
    const found = await this.ask({ id: ++this.asked, query, replace: paths });
    return found && "texts" in found ? found.texts : null;
  }

  private ask(message: Extract<ToSearch, { id: number }>): Promise<FromSearch | null> {
    this.settle(null);
    return new Promise((take) => {
      const timer = setTimeout(() => {
        this.worker.terminate();
        this.worker = this.start();
        this.settle(null);
      }, PATIENCE_MS);
      this.waiting = { id: message.id, take, timer };
      this.worker.postMessage(message);
    });
  }

  private settle(message: FromSearch | null): void {
    if (!this.waiting) return;
    clearTimeout(this.waiting.timer);
    this.waiting.take(message);
    this.waiting = null;
  }

  private start(): Worker {
    const worker = new Worker(new URL("./search_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<FromSearch>) => {
      if (data.id === this.waiting?.id) this.settle(data);
    };
    this.worker = worker;
    this.send({ put: this.store.getState().files, delete: [] });
    return worker;
  }

  private send(change: Pick<FilesChange, "put" | "delete">): void {
    const put: Record<string, string> = {};
    for (const [path, file] of Object.entries(change.put)) if (typeof file === "string") put[path] = file;
    const message: ToSearch = { put, delete: change.delete.filter((path) => !(path in change.put)) };
    this.worker.postMessage(message);
  }
}
