import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { usePreview, useProject, useWorkbench } from "../session/context";
import { needsServer } from "../session/engines";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { Sure } from "../controls/sure";
import { reasonOf } from "../../client/http";
import { when } from "../../client/times";
import type { Answer } from "../../client/types";
import { t } from "./texts";

type Secrets = Answer<"get_secrets">["secrets"];

/** The variables of the app's server: their names, and a form that sets one. A value is never shown again. */
export function SecretsDialog(): ReactElement {
  const { store, preview, setPanel, toast } = useWorkbench();
  const { project, engines } = useProject();
  const { kind } = usePreview();
  const [secrets, setSecrets] = useState<Secrets | null>(null);
  const [asking, setAsking] = useState("");
  const [busy, setBusy] = useState(true);
  const [refusal, setRefusal] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const id = useId();

  const run = async (work: () => Promise<Answer<"get_secrets">>, changes: boolean): Promise<void> => {
    setBusy(true);
    setRefusal("");
    try {
      setSecrets((await work()).secrets);
      setAsking("");
      if (!changes) return;
      form.current?.reset();
      form.current?.querySelector("input")?.focus();
      if (project && engines && needsServer(project.id, engines)) {
        toast({ text: t("vault.restarts") });
        preview.restart(kind);
      }
    } catch (error) {
      setRefusal(reasonOf(error));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => void run(store.api.secrets, false), [store]);

  const set = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const name = String(given.get("name")).trim().toUpperCase();
    if (!busy) void run(() => store.api.setSecret(name, String(given.get("value")), given.has("live")), true);
  };
  return (
    <Dialog title={t("vault.title")} close={() => setPanel(null)} wide>
      <p>{t("vault.text")}</p>
      {engines && project && !needsServer(project.id, engines) && <p className="wb-note">{t("vault.no_server")}</p>}
      {refusal && <p className="wb-note wb-note-bad" role="alert">{refusal}</p>}
      {!secrets && busy && <p className="wb-late" role="status">{t("vault.loading")}</p>}
      {secrets && (
        <section aria-label={t("vault.list")}>
          {secrets.length === 0 && <p className="wb-quiet">{t("vault.none")}</p>}
          <ul className="wb-hosts">
            {secrets.map(({ name, live, updated_at }) => (
              <li key={name}>
                <span>
                  <span className="wb-mono">{name}</span>
                  <small>{[when(updated_at), live ? "" : t("vault.only_here")].filter(Boolean).join(" · ")}</small>
                </span>
                <button type="button" className="wb-icon-button" aria-label={t("vault.remove", { name })} title={t("vault.remove", { name })} disabled={busy} onClick={() => setAsking(name)}>
                  <Icon name="trash" />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {asking && (
        <Sure text={t("vault.remove.sure", { name: asking })} keep={t("vault.remove.keep")} no={() => setAsking("")}>
          <button type="button" className="wb-button wb-bad" disabled={busy} onClick={() => void run(() => store.api.removeSecret(asking), true)}>{t("vault.remove.yes")}</button>
        </Sure>
      )}
      <form ref={form} className="wb-secret" aria-label={t("vault.new")} onSubmit={set}>
        <div className="wb-field">
          <label htmlFor={`${id}-name`}>{t("vault.label.name")}</label>
          <input id={`${id}-name`} name="name" required autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={64} placeholder="MAIL_KEY" className="wb-mono" />
        </div>
        <div className="wb-field">
          <label htmlFor={`${id}-value`}>{t("vault.label.value")}</label>
          <textarea id={`${id}-value`} name="value" required rows={1} autoComplete="off" spellCheck={false} maxLength={20_000} className="wb-mono" />
        </div>
        <label className="wb-check"><input type="checkbox" name="live" /> {t("vault.live")}</label>
        <button type="submit" className="wb-button wb-primary" aria-disabled={busy}>{t("vault.set")}</button>
      </form>
    </Dialog>
  );
}
