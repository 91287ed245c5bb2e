/**
 * The app's frame over a reload: the page that goes away notes where the frame stood, and the first script of the page that
 * comes (`builder/pages/early_app.py`) opens it again, long before the workbench is there. It shows what was published last; the
 * engine takes it up or loads it anew. Only a reload opens it: a tab is shown again what it showed a moment before.
 */

const KEY = "sayso.early.";
const ID = "sayso-early";
/** Of the frame's attributes those that hold from its first moment. */
const KEPT = ["title", "sandbox", "allow"];

/** Notes where and how `frame` stands, for a reload; null: nothing is shown then until the workbench is there. */
export function note(project: string, frame: HTMLIFrameElement | null, url: string): void {
  const stage = frame?.closest(".wb-stage")?.getBoundingClientRect();
  try {
    if (!frame || !stage || stage.width === 0 || stage.height === 0) sessionStorage.removeItem(KEY + project);
    else sessionStorage.setItem(KEY + project, JSON.stringify({
      url, attributes: Object.fromEntries(KEPT.map((name) => [name, frame.getAttribute(name) ?? ""])),
      inset: [stage.top, innerWidth - stage.right, innerHeight - stage.bottom, stage.left],
    }));
  } catch { /* No storage, or a full one: the next page opens its frame when it is ready. */ }
}

/** The frame that this page's head opened for a project; null when there is none, or it was taken. */
export function earlyFrame(project: string): HTMLIFrameElement | null {
  const frame = document.getElementById(ID) as HTMLIFrameElement | null;
  return frame?.dataset.project === project ? frame : null;
}

/** Moves it into `slot`, where it runs on. From here on it belongs to the workbench. */
export function moveInto(slot: HTMLElement, frame: HTMLIFrameElement): void {
  slot.moveBefore(frame, null);
  frame.removeAttribute("id");
  frame.removeAttribute("style");
}

/** There is no project to show. */
export function dropEarlyFrame(): void {
  document.getElementById(ID)?.remove();
}

/** When the head opened the frame, and whether its page said hello to it; undefined for any other frame. */
export function earlyOf({ dataset: { since, hello } }: HTMLIFrameElement): { since: number; hello: boolean } | undefined {
  return since === undefined ? undefined : { since: Number(since), hello: hello !== undefined };
}

/** How long the engine waits for the app to be seen in it. */
const HEAD_START_MS = 1_500;

/** Resolves when an early frame has had its time: the engine, started beside it, takes the processor from what it shows. */
export function headStart(frame: HTMLIFrameElement): Promise<void> {
  if (frame.dataset.since === undefined || frame.dataset.seen !== undefined) return Promise.resolve();
  return new Promise((done) => {
    frame.addEventListener("seen", () => done(), { once: true });
    setTimeout(done, HEAD_START_MS);
  });
}

/** Calls back as soon as the app is seen in it. Returns the function that ends the wait. */
export function onSeen(frame: HTMLIFrameElement, seen: () => void): () => void {
  if (frame.dataset.seen !== undefined) seen();
  else frame.addEventListener("seen", seen, { once: true });
  return () => frame.removeEventListener("seen", seen);
}
