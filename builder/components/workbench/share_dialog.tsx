import { type ReactElement, useState } from "react";
import { useProject, useWorkbench } from "./context";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { t, when } from "./texts";
import type { Share } from "./types";

const LOOPBACK = /^https?:\/\/([^/:]+\.)?(localhost|127\.0\.0\.1)(:|\/|$)/;

/** Live links: make one of the present version, copy, open, revoke. */
export function ShareDialog(): ReactElement {
  const { store, setPanel, attempt, toast } = useWorkbench();
  const { shares } = useProject();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState("");
  const live = shares.filter((share) => share.revoked_at === null);
  const loopback = LOOPBACK.test(live[0]?.url ?? location.origin);

  const copy = async (share: Share): Promise<void> => {
    await navigator.clipboard.writeText(share.url);
    toast({ text: t("workbench.share.copied") });
  };
  const create = (): void => {
    setBusy(true);
    attempt(async () => {
      try {
        await store.flush();
        const { share } = await store.api.share();
        setMade(share.id);
      } finally {
        setBusy(false);
      }
    });
  };
  return (
    <Dialog title={t("workbench.share.title")} close={() => setPanel(null)} wide>
      <p>{t("workbench.share.text")}</p>
      {loopback && <p className="wb-note">{t("workbench.share.loopback")}</p>}
      {live.length > 0 && (
        <ul className="wb-shares">
          {live.map((share) => (
            <li key={share.id} data-new={share.id === made}>
              <span className="wb-version-number">{t("workbench.version", { number: share.version_number })}</span>
              <input readOnly value={share.url} aria-label={t("workbench.share.link")} onFocus={(event) => event.currentTarget.select()} />
              <button type="button" className="wb-icon-button" aria-label={t("workbench.share.copy")} title={t("workbench.share.copy")} onClick={() => attempt(() => copy(share))}>
                <Icon name="copy" />
              </button>
              <a className="wb-icon-button" href={share.url} target="_blank" rel="noopener" aria-label={t("workbench.share.open")} title={t("workbench.share.open")}>
                <Icon name="external" />
              </a>
              <button type="button" className="wb-button wb-small" onClick={() => attempt(() => store.api.revoke(share.id))}>{t("workbench.share.revoke")}</button>
              <small>{when(share.created_at)}</small>
            </li>
          ))}
        </ul>
      )}
      <div className="wb-dialog-foot">
        <button type="button" className="wb-button wb-primary" disabled={busy} onClick={create}>
          <Icon name="link" />
          {t("workbench.share.create")}
        </button>
      </div>
    </Dialog>
  );
}
