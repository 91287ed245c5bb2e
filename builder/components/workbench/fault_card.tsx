import type { Fault } from "$/runtime/index.ts";
import type { ReactElement } from "react";
import { useProject, useWorkbench } from "./context";
import { Icon } from "./icons";
import { activeGeneration } from "./state";
import { t } from "./texts";

/** What stopped the app, where, and the one thing to do about it. */
export function FaultCard({ fault, close }: { fault: Fault; close: () => void }): ReactElement {
  const { store, show, open, attempt, preview, setPanel } = useWorkbench();
  const busy = activeGeneration(useProject()) !== null;
  const { file, line, column, suggestion } = fault;
  // Only what is wrong with the app itself may go to the model: it cannot mend a network or an engine.
  const mendable = fault.kind === "build" || fault.kind === "runtime";
  // What the app stored is too much: it is removed in the list of servers.
  const full = fault.code === "disk_limit";
  const ask = async (): Promise<void> => {
    await store.flush();
    await store.api.say(request(fault), localStorage.getItem("sayso.model") ?? "");
  };
  return (
    <div className="wb-fault" role="alert">
      <h2><Icon name="warning" />{t(`workbench.fault.${fault.kind}`)}</h2>
      <button type="button" className="wb-icon-button wb-fault-close" aria-label={t("workbench.close")} onClick={close}>
        <Icon name="close" />
      </button>
      <p className="wb-fault-message">{fault.message}</p>
      {file && (
        <button type="button" className="wb-link wb-mono" onClick={() => open({ path: file, line, column: fault.kind === "runtime" ? undefined : column })}>
          {place(fault)}
        </button>
      )}
      {fault.frame && <pre tabIndex={0} aria-label={t("workbench.fault.frame")}>{fault.frame}</pre>}
      <p className="wb-row">
        {suggestion?.changes && (
          <button type="button" className="wb-button wb-primary" onClick={() => suggestion.changes && store.write(suggestion.changes)}>
            {suggestion.label}
          </button>
        )}
        {!suggestion?.changes && mendable && (
          <button type="button" className="wb-button wb-primary" disabled={busy} onClick={() => attempt(ask)}>{t("workbench.fault.ask")}</button>
        )}
        {full && <button type="button" className="wb-button wb-primary" onClick={() => setPanel("servers")}>{t("workbench.fault.servers")}</button>}
        {!mendable && !full && <button type="button" className="wb-button wb-primary" onClick={() => preview.restart()}>{t("workbench.try_again")}</button>}
        <button type="button" className="wb-button" onClick={() => show("logs")}>{t("workbench.show_log")}</button>
      </p>
      {suggestion && !suggestion.changes && <p className="wb-quiet">{suggestion.label}</p>}
    </div>
  );
}

/** What is thrown at run time knows the line; its column counts in the compiled text. */
function place({ kind, file, line, column }: Fault): string {
  return [file, line, line === undefined || kind === "runtime" ? undefined : column].filter((part) => part !== undefined).join(":");
}

function request(fault: Fault): string {
  const where = fault.file ? t("workbench.fault.request.where", { place: place(fault) }) : "";
  return [t("workbench.fault.request"), fault.message, where, fault.frame ?? ""].filter(Boolean).join("\n");
}
