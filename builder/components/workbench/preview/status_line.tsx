import { type ReactElement, useEffect, useRef, useState } from "react";
import { waiting as waitingFor } from "$/components/servers/server";
import { useKnownWalks, usePreview, useProject, useServer, useWalks, useWorkbench } from "../session/context";
import { allWalk, tally } from "../session/walk_watch";
import { ServerFigures } from "./server_figures";
import { activeGeneration, isUnfinished } from "../store/state";
import { seconds, t } from "../../client/workbench_texts";

const SAY_AFTER_MS = 2_000;
const WAY_OUT_AFTER_MS = 10_000;

/**
 * "Running · instant engine · painted in 0.3 s"; while it waits: the reason after 2 s, a way out after 10 s. `put`: the
 * person closed the card of the fault.
 */
export function StatusLine({ put }: { put: boolean }): ReactElement {
  const { preview, show, setPanel } = useWorkbench();
  const { phase, since, painted, fault, hanging, kind, notice } = usePreview();
  const project = useProject();
  const writing = activeGeneration(project) !== null;
  const waiting = phase !== "painted" && phase !== "idle" && !fault && !isUnfinished(project);
  const waited = useWaited(waiting, since);
  const server = useServer();
  const walks = useWalks(project.project?.head ?? null);
  const known = useKnownWalks(project.project?.head ?? null);
  const held = server ? waitingFor(server) : "";
  // Somebody else started it: a visitor, the list of all servers, or the engine after a loss.
  const coming = server?.status === "pending" && kind === "docker" && !fault && !waiting && painted !== null;
  const resting = server?.status === "asleep" && kind === "docker" && !fault && painted !== null;
  const stopped = server?.status === "absent" && kind === "docker" && !fault && !waiting && painted !== null;
  const engine = t(`workbench.engine.${kind}.status`);
  const mending = fault !== null && writing;
  const state = mending || coming ? "wait" : fault ? "bad" : hanging ? "bad" : painted !== null ? "good" : "wait";
  const troubled = fault !== null || mending || coming || resting || stopped || hanging;
  const runs = phase === "painted" && painted !== null && !troubled;

  let text: string;
  if (fault?.kind === "build" && painted !== null) text = t("workbench.status.stale", { engine });
  else if (fault?.runs) text = t("workbench.status.runs", { engine });
  else if (mending) text = t("workbench.status.writing");
  else if (fault) text = t("workbench.status.fault", { engine });
  else if ((waiting || coming) && held) text = held;
  else if (coming) text = t(`workbench.phase.${server.phase}`);
  else if (resting) text = t(server.stage === "paused" ? "workbench.status.paused" : "workbench.status.asleep", { engine });
  else if (stopped) text = t("workbench.status.stopped", { engine });
  else if (hanging) text = t("workbench.status.hanging", { engine });
  else if (runs) text = t("workbench.status.running", { engine, time: seconds(painted) });
  else if (waiting) text = t(`workbench.phase.${phase}`);
  else text = t(writing ? "workbench.status.writing" : "workbench.status.idle");

  const said = useSaid(runs ? t("workbench.aloud.running") : text, waiting && waited < SAY_AFTER_MS);
  return (
    <>
      <span className="wb-sr" role="status">{said}</span>
      <div className="wb-status">
        <div className="wb-status-text">
          <i className={`wb-dot wb-dot-${resting ? "rest" : stopped ? "off" : state}`} aria-hidden="true" />
          <span>{text}</span>
          {waiting && waited >= SAY_AFTER_MS && <span>· {t("workbench.time.seconds", { seconds: Math.round(waited / 1_000) })}</span>}
          {(stopped || (put && !writing)) && <button type="button" className="wb-link" onClick={() => preview.restart()}>{t("workbench.preview.restart")}</button>}
          {notice && <span className="wb-quiet">· {notice}</span>}
          {walks?.over && (state === "good" || walks.why) && project.dirty.size === 0 && (
            <button type="button" className={`wb-link ${allWalk(walks) || walks.why ? "" : "wb-bad"}`} onClick={() => setPanel("walks")}>{tally(walks)}</button>
          )}
          {walks?.served && !walks.over && state === "good" && project.dirty.size === 0 && <span className="wb-quiet">· {t("workbench.walks.served")}</span>}
          {!walks && known?.over && state === "good" && project.dirty.size === 0 && (
            <button type="button" className="wb-link" onClick={() => setPanel("walks")}>{t("workbench.walks.none")}</button>
          )}
          {waiting && waited >= WAY_OUT_AFTER_MS && !writing && (
            <>
              <button type="button" className="wb-link" onClick={() => preview.restart()}>{t("workbench.preview.restart")}</button>
              <button type="button" className="wb-link" onClick={() => show("logs")}>{t("workbench.show_log")}</button>
            </>
          )}
        </div>
        <ServerFigures />
      </div>
    </>
  );
}

/** What is said aloud: without the time and the walks, which are new after each edit, and no `passing` phase. */
function useSaid(text: string, passing: boolean): string {
  const said = useRef("");
  if (!passing) said.current = text;
  return said.current;
}

/** Milliseconds since `since`, updated each half second while the app waits for something. */
function useWaited(waiting: boolean, since: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!waiting) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(timer);
  }, [waiting, since]);
  return waiting ? Math.max(0, now - since) : 0;
}
