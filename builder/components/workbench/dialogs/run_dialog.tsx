import { type FormEvent, type ReactElement, useEffect, useId, useState } from "react";
import { reasonOf } from "../../client/http";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { t } from "../../client/workbench_texts";
import type { RunSettings } from "../../client/types";

interface Lines {
  install: string;
  start: string;
  port: string;
  /** How the project's own Dockerfile is used; "" leaves it to the rule. */
  dockerfile: "" | "yes" | "no";
}

const NOTHING: Lines = { install: "", start: "", port: "", dockerfile: "" };

/**
 * How the server is installed and started: the values from the files as placeholders, and the values with which the
 * person overrides them.
 */
export function RunDialog(): ReactElement {
  const { store, setPanel, toast } = useWorkbench();
  const [run, setRun] = useState<RunSettings | null>(null);
  const [lines, setLines] = useState<Lines>(NOTHING);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const error = useId();

  useEffect(() => {
    void store.flush().then(() => store.api.run()).then((found) => {
      setRun(found);
      const { install, start, port, dockerfile } = found.given;
      setLines({ install, start, port: String(port ?? ""), dockerfile: dockerfile === null ? "" : dockerfile ? "yes" : "no" });
    }, (reason: unknown) => setFault(reasonOf(reason)));
  }, [store]);

  const keep = async (wanted: Lines): Promise<void> => {
    const port = wanted.port.trim();
    if (port && !/^\d+$/.test(port)) {
      setFault(t("workbench.run.port_digits"));
      return;
    }
    setBusy(true);
    try {
      await store.flush();
      await store.api.setRun({
        install: wanted.install, start: wanted.start, port: port ? Number(port) : null,
        dockerfile: wanted.dockerfile === "" ? null : wanted.dockerfile === "yes",
      });
      setPanel(null);
      toast({ text: t("workbench.run.kept") });
    } catch (reason) {
      setFault(reasonOf(reason));
      setBusy(false);
    }
  };
  const field = (name: "install" | "start" | "port", otherwise: string): ReactElement => (
    <label className="wb-field">
      {t(`workbench.run.${name}`)}
      <input
        value={lines[name]} placeholder={String(run?.detected?.[name] || otherwise)} spellCheck={false} autoComplete="off" autoCapitalize="none"
        inputMode={name === "port" ? "numeric" : "text"} disabled={!run} aria-describedby={error}
        onChange={(event) => {
          setFault("");
          setLines({ ...lines, [name]: event.target.value });
        }}
      />
    </label>
  );
  const given = run !== null && (run.given.install || run.given.start || run.given.port || run.given.dockerfile !== null);

  return (
    <Dialog title={t("workbench.run.title")} close={() => setPanel(null)}>
      <form
        className="wb-run"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void keep(lines);
        }}
      >
        <p>{run?.reason ?? t("workbench.run.looking")}</p>
        <p className="wb-quiet">{t("workbench.run.text")}</p>
        {run?.dockerfile && (
          <label className="wb-field">
            {t("workbench.run.dockerfile", { path: run.dockerfile.path })}
            <select value={lines.dockerfile} disabled={busy} onChange={(event) => setLines({ ...lines, dockerfile: event.target.value as Lines["dockerfile"] })}>
              <option value="">{t("workbench.run.dockerfile_rule")}</option>
              <option value="yes">{t("workbench.run.dockerfile_yes")}</option>
              <option value="no">{t("workbench.run.dockerfile_no")}</option>
            </select>
          </label>
        )}
        {field("install", t("workbench.run.install_none"))}
        {field("start", t("workbench.run.start_none"))}
        {field("port", "8000")}
        <p id={error} role="alert" className={fault ? "wb-note wb-note-bad" : "wb-sr"}>{fault}</p>
        <div className="wb-dialog-foot">
          {given ? <button type="button" className="wb-button" disabled={busy} onClick={() => void keep(NOTHING)}>{t("workbench.run.reset")}</button> : null}
          <button type="submit" className="wb-button wb-primary" disabled={!run || busy}>{t("workbench.run.keep")}</button>
        </div>
      </form>
    </Dialog>
  );
}
