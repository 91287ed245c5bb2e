import type { Fault } from "$/runtime/index.ts";
import { lazy, type ReactElement, Suspense, useEffect, useRef, useState } from "react";
import { toFault } from "$/components/servers/server";
import { usePreview, useProject, useServer, useWorkbench } from "../session/context";
import { consentIsDue } from "../session/engines";
import { AppFrame } from "./app_frame";
import { earlyFrame } from "../session/frame/early_frame";
import { FaultCard } from "./fault_card";
import { Icon } from "../controls/icons";
import { nextStep } from "../store/next_step";
import { usePointing } from "../pointing/pointing_button";
import { PreviewToolbar, type Width } from "./preview_toolbar";
import { ServerWaits } from "./server_figures";
import { StatusLine } from "./status_line";
import { activeGeneration, isUnfinished } from "../store/state";
import { persistently } from "../../client/http";
import { t } from "../../client/workbench_texts";

const PointedCard = lazy(() => persistently(() => import("../pointing/pointed_card")));
const RecordingPane = lazy(() => persistently(() => import("../recording/recording_pane")));

/** The running app with its bar above and its state below. */
export function PreviewPane(): ReactElement {
  const { store, preview, setPanel, recording } = useWorkbench();
  const { run, phase, painted, seen, fault, hanging, kind, before } = usePreview();
  const { project, engines } = useProject();
  const { on } = usePointing();
  const { id } = store.api;
  const [early] = useState(() => earlyFrame(id) !== null);
  /** The fault whose card the person closed; the next fault is shown again. */
  const [put, setPut] = useState<Fault | null>(null);
  const [width, setWidth] = useState<Width>("full");
  const [turned, setTurned] = useState(false);
  const [whole, setWhole] = useState(false);
  const pane = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const changed = (): void => setWhole(document.fullscreenElement === pane.current && pane.current !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  useEffect(() => {
    if (project && engines && consentIsDue(project.id, engines)) setPanel("consent");
  }, [project?.id, engines, setPanel]);
  const toggleWhole = (): void => {
    void (document.fullscreenElement ? document.exitFullscreen() : pane.current?.requestFullscreen());
  };

  return (
    <div className="wb-preview" ref={pane}>
      <div className="wb-under" inert={recording}>
        <PreviewToolbar width={width} setWidth={setWidth} turned={turned} turn={() => setTurned(!turned)} whole={whole} toggleWhole={toggleWhole} />
        <div className="wb-stage">
          {(project || early) && (
            <AppFrame
              key={`${id}-${run}-${kind}`} project={id} first={run === 0} attach={preview.attach} className={`wb-frame wb-frame-${width}`}
              title={t("workbench.preview.frame", { title: project?.title ?? "" })} turned={turned} painted={painted !== null || seen}
            />
          )}
          {before && (
            <AppFrame
              key={`${id}-${before.run}-${before.kind}`} project={id} first={before.run === 0} attach={preview.attach}
              className={`wb-frame-before wb-frame-${width}`} title={t("workbench.preview.frame", { title: project?.title ?? "" })} turned={turned} painted
            />
          )}
          {painted === null && !seen && !before && fault === null && <Placeholder waiting={phase !== "idle"} />}
          {fault && fault !== put && <FaultCard fault={fault} close={() => setPut(fault)} />}
          {hanging && !fault && <Hanging />}
          {!fault && !hanging && <BroughtBack />}
          {on && <Suspense fallback={null}><PointedCard /></Suspense>}
        </div>
        <StatusLine put={fault !== null && fault === put} />
      </div>
      {recording && <Suspense fallback={null}><RecordingPane /></Suspense>}
    </div>
  );
}

/** Shown before the first paint: the outline of a page, and in words what the app is waiting for. */
function Placeholder({ waiting }: { waiting: boolean }): ReactElement {
  const state = useProject();
  const writing = activeGeneration(state) !== null;
  const empty = state.load === "ready" && !writing && Object.keys(state.files).length === 0;
  const unfinished = isUnfinished(state);
  const last = Object.values(state.generations).at(-1);
  const words = empty ? "empty"
    : unfinished ? (last && nextStep(last, false) === "continue" ? "unfinished" : "held_up")
    : writing ? "writing" : waiting ? "starting" : "opening";
  return (
    <div className="wb-placeholder" data-still={empty || unfinished}>
      <div className="wb-outline" aria-hidden="true">
        <i /><i /><i /><i /><i /><i />
      </div>
      <p>{t(`workbench.preview.${words}`)}</p>
      {words === "starting" && <ServerWaits />}
    </div>
  );
}

/** The server ended and was restarted by itself: said once, because it may end the same way again. */
function BroughtBack(): ReactElement | null {
  const { store } = useWorkbench();
  const server = useServer();
  const key = `sayso.loss.${store.api.id}`;
  const [put, setPut] = useState(() => sessionStorage.getItem(key));
  const loss = server?.loss;
  if (!loss || loss.at === put || server.status !== "running") return null;
  const close = (): void => {
    sessionStorage.setItem(key, loss.at);
    setPut(loss.at);
  };
  return <FaultCard fault={toFault(loss)} back close={close} />;
}

function Hanging(): ReactElement {
  const { preview } = useWorkbench();
  return (
    <div className="wb-fault" role="alert">
      <h2><Icon name="warning" />{t("workbench.preview.hang")}</h2>
      <p>{t("workbench.preview.hang.text")}</p>
      <p className="wb-row">
        <button type="button" className="wb-button wb-primary" onClick={() => preview.restart()}>{t("workbench.preview.restart")}</button>
      </p>
    </div>
  );
}
