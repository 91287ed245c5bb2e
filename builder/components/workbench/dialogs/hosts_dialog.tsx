import { type FormEvent, type ReactElement, useCallback, useEffect, useRef, useState } from "react";
import { usePreview, useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { when } from "../../client/times";
import { t } from "../../client/workbench_texts";
import type { HostsView } from "../../client/types";

const OPEN_PORTS: readonly number[] = [80, 443];

/** The hosts that the app's server may reach: add one, remove one, allow one it asked for. */
export function HostsDialog(): ReactElement {
  const { store, preview, setPanel, toast } = useWorkbench();
  const { kind } = usePreview();
  const [view, setView] = useState<HostsView | null>(null);
  const [busy, setBusy] = useState(true);
  const [refusal, setRefusal] = useState("");
  const field = useRef<HTMLInputElement>(null);

  const run = useCallback(async (work: () => Promise<HostsView>): Promise<boolean> => {
    setBusy(true);
    setRefusal("");
    try {
      setView(await work());
      return true;
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  useEffect(() => void run(() => store.api.hosts()), [run, store]);

  // The pressed button may have disappeared with its line: in either case the field gets the focus.
  const change = async (hosts: string[]): Promise<boolean> => {
    const done = await run(async () => {
      const changed = await store.api.allowHosts(hosts);
      if (changed.restarts) {
        toast({ text: t("workbench.hosts.restarts") });
        preview.restart(kind);
      }
      return changed;
    });
    field.current?.focus();
    return done;
  };
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const host = field.current?.value.trim() ?? "";
    if (!host || !view) return;
    void change([...view.hosts, host]).then((done) => {
      if (done && field.current) field.current.value = "";
    });
  };
  return (
    <Dialog title={t("workbench.hosts.title")} close={() => setPanel(null)} wide>
      <p>{t("workbench.hosts.text")}</p>
      {refusal && <p className="wb-note wb-note-bad" role="alert">{refusal}</p>}
      {!view && busy && <p className="wb-late" role="status">{t("workbench.hosts.loading")}</p>}
      {view && (
        <>
          <section aria-label={t("workbench.hosts.allowed")}>
            <h3>{t("workbench.hosts.allowed")}</h3>
            {view.hosts.length === 0 && <p className="wb-quiet">{t("workbench.hosts.none")}</p>}
            <ul className="wb-hosts">
              {view.hosts.map((host) => (
                <li key={host}>
                  <span className="wb-mono">{host}</span>
                  <button
                    type="button" className="wb-icon-button" aria-label={t("workbench.hosts.remove", { host })} title={t("workbench.hosts.remove", { host })}
                    disabled={busy} onClick={() => void change(view.hosts.filter((other) => other !== host))}
                  >
                    <Icon name="trash" />
                  </button>
                </li>
              ))}
            </ul>
          </section>
          <form className="wb-field wb-hosts-new" onSubmit={add}>
            <input
              ref={field} type="text" inputMode="url" autoCapitalize="none" autoComplete="off" spellCheck={false} maxLength={300}
              aria-label={t("workbench.hosts.new")} placeholder={t("workbench.hosts.new")} aria-invalid={refusal ? true : undefined}
            />
            <button type="submit" className="wb-button wb-primary" disabled={busy}>{t("workbench.hosts.add")}</button>
          </form>
          {view.refused.length > 0 && <Refused view={view} busy={busy} allow={(host) => void change([...view.hosts, host])} />}
        </>
      )}
    </Dialog>
  );
}

function Refused({ view, busy, allow }: { view: HostsView; busy: boolean; allow: (host: string) => void }): ReactElement {
  return (
    <section aria-label={t("workbench.hosts.refused")}>
      <h3>{t("workbench.hosts.refused")}</h3>
      <ul className="wb-hosts">
        {view.refused.map(({ host, port, at, private: hidden }) => {
          const why = hidden ? t("workbench.hosts.private") : OPEN_PORTS.includes(port) ? "" : t("workbench.hosts.port", { port });
          return (
            <li key={`${host}:${port}`}>
              <span>
                <span className="wb-mono">{host}</span>
                <small>{why ? `${when(at)} · ${why}` : when(at)}</small>
              </span>
              {!why && (
                <button type="button" className="wb-button wb-small" aria-label={t("workbench.hosts.allow_one", { host })} disabled={busy} onClick={() => allow(host)}>
                  {t("workbench.hosts.allow")}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
