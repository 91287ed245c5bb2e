import { follow } from "$/components/servers/live";
import type { ServerView } from "../../client/types";

/** The state of one project's server and what it uses, live, while somebody watches it and the page is visible. */
export class ServerWatch {
  private view: ServerView | null = null;
  private end: (() => void) | null = null;
  private readonly listeners = new Set<() => void>();

  /** `changed` gets each state together with the previous one. */
  constructor(
    private readonly project: string,
    private readonly changed: (now: ServerView, before: ServerView | null) => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getView = (): ServerView | null => this.view;

  start(): void {
    this.end ??= follow<ServerView>(`/projects/${this.project}/server/ws`, (now) => {
      const before = this.view;
      this.set(now);
      this.changed(now, before);
    });
  }

  stop(): void {
    this.end?.();
    this.end = null;
    if (this.view) this.set(null);
  }

  private set(view: ServerView | null): void {
    this.view = view;
    for (const listener of [...this.listeners]) listener();
  }
}
