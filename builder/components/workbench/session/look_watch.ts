import type { WalkStep } from "$/runtime/engine/walk.ts";
import { NotWalked, type WalkServer } from "./walk_server";
import type { WalkWatch } from "./walk_watch";
import type { ProjectStore } from "../store/store";
import { persistently } from "../../client/http";
import type { PageAnswer } from "../../client/types";

const NOT_SHOWN: PageAnswer = { why: "not_shown", step: 0, saw: [], shown: [], picture: "" };

/** The model goes on without after a little more than that. */
const SERVER_MS = 20_000;

/**
 * Looks at the app when a model asks for it, in a frame that nobody sees, and tells the server what it shows. Every tab
 * that is open does; the first one counts.
 */
export class LookWatch {
  private readonly unsubscribe: () => void;
  private done = "";

  constructor(private readonly store: ProjectStore, private readonly walks: WalkWatch) {
    this.unsubscribe = store.subscribe(() => this.look());
  }

  close(): void {
    this.unsubscribe();
  }

  private look(): void {
    const { asked } = this.store.getState();
    if (asked === null || asked.id === this.done) return;
    this.done = asked.id;
    // Nobody is told: the server waits no longer than it has to, and the model goes on without.
    this.answer(asked).catch((error: unknown) => console.warn("the app could not be looked at", error));
  }

  private async answer({ id, steps, width, picture }: { id: string; steps: unknown[]; width: number; picture: boolean }): Promise<void> {
    if (!this.walks.canWalk()) {
      await this.store.api.answerLook(id, NOT_SHOWN);
      return;
    }
    const { url } = await this.store.api.walks();
    const { lookAt } = await persistently(() => import("$/runtime/walks/look.ts"));
    // What is walked meanwhile would be waited for.
    const release = this.walks.hold();
    let server: WalkServer | null = null;
    try {
      server = await this.walks.server(AbortSignal.timeout(SERVER_MS));
      await server?.begins();
      const { why = null, ...seen } = await lookAt(steps as WalkStep[], { url, home: document.body, width, picture });
      await this.store.api.answerLook(id, { why, ...seen });
    } catch (error) {
      if (!(error instanceof NotWalked || error instanceof DOMException)) throw error;
      await this.store.api.answerLook(id, NOT_SHOWN);
    } finally {
      server?.close();
      release();
    }
  }
}
