import { t as serverText } from "$/components/client/servers_texts";
import type { Fault } from "$/runtime/index.ts";
import { type ReactElement, useRef, useState } from "react";
import { plain } from "../logs/ansi";
import { useProject, useWorkbench } from "../session/context";
import { hasConsent, rememberEngine } from "../session/engines";
import { Icon } from "../controls/icons";
import { HeldPackages, usePackages } from "../packages/held_packages";
import { isSlow } from "../session/phase_limit";
import { WEBCONTAINER_FITS } from "../session/preview_session";
import { activeGeneration } from "../store/state";
import { activeTurn } from "../store/turns";
import { said } from "../../client/engine_texts";
import { t, type TextKey } from "../../client/workbench_texts";

/** Faults that have a heading of their own; all others are headed by their kind. */
const HEADINGS: Readonly<Record<string, TextKey>> = {
  disk_limit: "workbench.fault.disk_limit",
  out_of_memory: "workbench.fault.out_of_memory",
  install_failed: "workbench.fault.install_failed",
  app_crashed: "workbench.fault.app_crashed",
  package_held: "workbench.fault.package_held",
};

const HELD = "package_held";

interface Props {
  fault: Fault;
  /** The engine has restarted the app by itself since. */
  back?: boolean;
  close: () => void;
}

/** What stopped the app, where, and the one action against it. */
export function FaultCard({ fault, back = false, close }: Props): ReactElement {
  const { store, show, open, attempt, preview, setPanel } = useWorkbench();
  const [asking, setAsking] = useState(false);
  const remove = useRef<HTMLButtonElement>(null);
  const state = useProject();
  // A turn that runs looks at the app, and mends it, by itself.
  const busy = activeGeneration(state) !== null || activeTurn(state) !== null;
  const { file, line, column, suggestion } = fault;
  // Only a fault of the app itself may be sent to the model: it cannot repair a network or an engine.
  const mendable = fault.kind === "build" || fault.kind === "runtime";
  // The app stored too much: only removing data helps.
  const full = fault.code === "disk_limit";
  const ask = async (): Promise<void> => {
    await store.flush();
    await store.api.say({ text: request(fault), model: localStorage.getItem("sayso.model") ?? "" });
  };
  const inBrowser = (): void => {
    if (!hasConsent()) return setPanel("consent");
    rememberEngine(store.api.id, "webcontainer");
    preview.restart("webcontainer");
  };
  const keep = (): void => {
    setAsking(false);
    requestAnimationFrame(() => remove.current?.focus());
  };
  return (
    <div className="wb-fault" role="alert">
      <h2><Icon name="warning" />{t(fault.runs ? "workbench.fault.runs" : HEADINGS[fault.code] ?? `workbench.fault.${fault.kind}`)}</h2>
      <button type="button" className="wb-icon-button wb-fault-close" aria-label={t("workbench.close")} onClick={close}>
        <Icon name="close" />
      </button>
      {fault.code === HELD ? <Held /> : <p className="wb-fault-message">{said(fault.says)}</p>}
      {back && <p>{t("workbench.fault.back")}</p>}
      {file && (
        <button type="button" className="wb-link wb-mono" onClick={() => open({ path: file, line, column: fault.kind === "runtime" ? undefined : column })}>
          {place(fault)}
        </button>
      )}
      {fault.frame && <pre tabIndex={0} aria-label={t("workbench.fault.frame")}>{words(fault.frame)}</pre>}
      {asking ? <RemoveData keep={keep} /> : (
        <p className="wb-row">
          {suggestion?.changes && (
            <button type="button" className="wb-button wb-primary" onClick={() => suggestion.changes && store.write(suggestion.changes)}>
              {said(suggestion.label)}
            </button>
          )}
          {!suggestion?.changes && mendable && (
            <button type="button" className="wb-button wb-primary" disabled={busy} onClick={() => attempt(ask)}>{t("workbench.fault.ask")}</button>
          )}
          {full && <button ref={remove} type="button" className="wb-button wb-primary" onClick={() => setAsking(true)}>{serverText("servers.remove")}</button>}
          {fault.code === WEBCONTAINER_FITS && <button type="button" className="wb-button wb-primary" onClick={inBrowser}>{t("workbench.engine.use_webcontainer")}</button>}
          {!mendable && !full && fault.code !== WEBCONTAINER_FITS && fault.code !== HELD && <button type="button" className="wb-button wb-primary" onClick={() => preview.restart()}>{t("workbench.try_again")}</button>}
          {isSlow(fault.code)
            ? <button type="button" className="wb-button" onClick={() => setPanel("doctor")}>{t("workbench.doctor")}</button>
            : <button type="button" className="wb-button" onClick={() => show("logs")}>{t("workbench.show_log")}</button>}
        </p>
      )}
      {suggestion && !suggestion.changes && <p className="wb-quiet">{said(suggestion.label)}</p>}
    </div>
  );
}

/** The packages that were not installed, with what to do about each. */
function Held(): ReactElement {
  const { preview } = useWorkbench();
  return <HeldPackages packages={usePackages()} decided={() => preview.restart()} />;
}

/** Asks for confirmation and says what will be lost; then the app starts with nothing stored. */
function RemoveData({ keep }: { keep: () => void }): ReactElement {
  const { store, preview, attempt, toast } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const title = useProject().project?.title ?? "";
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await store.api.removeData();
    } finally {
      setBusy(false);
    }
    toast({ text: serverText("servers.done.remove", { title }) });
    preview.restart();
  };
  return (
    <div className="wb-fault-sure" role="group" aria-label={serverText("servers.remove")}>
      <p>{serverText("servers.confirm", { title })}</p>
      <p className="wb-row">
        <button type="button" className="wb-button" autoFocus disabled={busy} onClick={keep}>{serverText("servers.keep")}</button>
        <button type="button" className="wb-button wb-bad" disabled={busy} onClick={() => attempt(remove)}>{serverText("servers.remove")}</button>
      </p>
    </div>
  );
}

/** Without terminal colour codes. */
function words(frame: string): string {
  return frame.split("\n").map(plain).join("\n");
}

/** A fault at run time knows its line in the source; its column counts in the compiled text. */
function place({ kind, file, line, column }: Fault): string {
  return [file, line, line === undefined || kind === "runtime" ? undefined : column].filter((part) => part !== undefined).join(":");
}

function request(fault: Fault): string {
  const where = fault.file ? t("workbench.fault.request.where", { place: place(fault) }) : "";
  return [t("workbench.fault.request"), said(fault.says), where, words(fault.frame ?? "")].filter(Boolean).join("\n");
}
