import type { PreviewSession } from "./preview_session";
import { walksNeed } from "./walk_server";
import type { WalkWatch } from "./walk_watch";
import { activeGeneration } from "../store/state";
import type { ProjectStore } from "../store/store";
import { ApiError, persistently } from "../../client/http";

/** The app has to rest for so long: what it fetches may still be coming, and typing goes on. */
const QUIET_MS = 2_000;
/** Of the window in which the app is drawn, and of the picture that lists show. CSS pixels. */
const WINDOW = 1_280;
const PICTURE = { width: 560, height: 350 };

/** Keeps the project's picture: the page alone, drawn in a frame that nobody sees once a new version runs. */
export class PictureWatch {
  private readonly unsubscribe: (() => void)[];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private done: string | null = null;
  private known = false;

  constructor(private readonly store: ProjectStore, private readonly preview: PreviewSession, private readonly walks: WalkWatch) {
    const look = (): void => this.look();
    this.unsubscribe = [store.subscribe(look), preview.subscribe(look), walks.subscribe(look)];
  }

  close(): void {
    for (const end of this.unsubscribe) end();
    clearTimeout(this.timer);
  }

  private look(): void {
    clearTimeout(this.timer);
    const { project } = this.store.getState();
    if (project && !this.known) {
      this.known = true;
      if (project.thumbnail !== null) this.done = project.head;
    }
    const due = this.due();
    if (due !== null) this.timer = setTimeout(() => void this.take(due), QUIET_MS);
  }

  /** The version that has no picture yet and runs well at this moment. */
  private due(): string | null {
    const state = this.store.getState();
    const { kind, phase, fault, hanging } = this.preview.getState();
    const head = state.project?.head ?? null;
    if (head === null || head === this.done || state.dirty.size > 0 || activeGeneration(state) !== null) return null;
    if (kind !== "instant" || phase !== "painted" || fault !== null || hanging) return null;
    return this.walks.canWalk() && this.walks.known(head)?.over ? head : null;
  }

  private async take(version: string): Promise<void> {
    if (this.due() !== version) return;
    this.done = version;
    try {
      // A server's app shows little without its server, and starting one for a picture costs too much.
      if (walksNeed(this.store.api.id, await this.store.askForEngines()) !== "page") return;
      const { url } = await this.store.api.walks();
      const { lookAt } = await persistently(() => import("$/runtime/walks/look.ts"));
      const release = this.walks.hold();
      try {
        const { picture } = await lookAt([], { url, home: document.body, width: WINDOW, picture: true });
        const small = picture === "" ? null : await reduced(picture);
        if (small && this.store.getState().project?.head === version) await this.store.api.setPicture(small);
      } finally {
        release();
      }
    } catch (error) {
      // The letter is shown instead; a person who only reads may keep no picture.
      if (!(error instanceof ApiError)) reportError(error);
    }
  }
}

/** A picture in Base64, in the size that lists show. */
async function reduced(base64: string): Promise<Blob | null> {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const { width, height } = PICTURE;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/webp", 0.85));
}
