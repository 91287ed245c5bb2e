import { type ReactElement, useLayoutEffect, useRef, useState } from "react";
import { earlyFrame, moveInto } from "../session/frame/early_frame";

interface Props {
  project: string;
  /** Only the first run of a page can have been begun by its head. */
  first: boolean;
  attach: (frame: HTMLIFrameElement) => () => void;
  className: string;
  title: string;
  turned: boolean;
  painted: boolean;
}

// A host of its own isolates the app; the sandbox also forbids it to navigate the builder's page. Camera, microphone and
// location are off: browsers would ask for them in the builder's name and remember the answer for every app shown here
// later. In a tab of its own an app asks for itself.
const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads allow-pointer-lock";
const ALLOW = "cross-origin-isolated; clipboard-write; fullscreen; autoplay";

/** The frame in which the app runs: the one that the page's head opened already, or a new one. */
export function AppFrame({ project, first, attach, className, title, turned, painted }: Props): ReactElement {
  const [early] = useState(() => (first ? earlyFrame(project) : null));
  return early ? (
    <EarlyFrame {...{ early, attach, className, title, turned, painted }} />
  ) : (
    <iframe ref={attach} className={className} title={title} data-turned={turned} data-painted={painted} sandbox={SANDBOX} allow={ALLOW} />
  );
}

/** React makes its elements itself: the frame is moved into one of them. */
function EarlyFrame({ early, attach, className, title, turned, painted }: Omit<Props, "project" | "first"> & { early: HTMLIFrameElement }): ReactElement {
  const slot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    moveInto(slot.current!, early);
    return attach(early);
  }, [early, attach]);
  useLayoutEffect(() => {
    early.className = className;
    early.title = title;
    early.dataset.turned = String(turned);
    early.dataset.painted = String(painted);
  }, [early, className, title, turned, painted]);
  return <div ref={slot} className="wb-slot" />;
}
