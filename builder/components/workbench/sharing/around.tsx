import { type ReactElement, useState } from "react";
import "./around.css";
import { useProject, useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import { t } from "./texts";
import type { Share, ShareChange } from "../../client/types";

const SWITCHES = ["framed", "remix", "badge"] as const;

/** What stands around a live link: its code for phones, a frame for other sites, copies, the badge. Each switch acts at once. */
export function Around({ share }: { share: Share }): ReactElement {
  const { store, attempt, toast } = useWorkbench();
  const { project } = useProject();
  const [busy, setBusy] = useState(false);
  const code = store.api.codeOf(share.id);
  const frame = `<iframe src="${share.url}" title="${escaped(project?.title ?? "")}" width="100%" height="600" style="border:0" loading="lazy" allow="fullscreen"></iframe>`;
  const held = { framed: share.access !== "public", remix: share.access === "password", badge: false };

  const set = (change: ShareChange): void => {
    setBusy(true);
    attempt(async () => {
      try {
        await store.api.changeShare(share.id, change);
      } finally {
        setBusy(false);
      }
    });
  };
  return (
    <div className="wb-around" role="group" aria-label={t("scan.around")}>
      <figure>
        <img src={code} alt={t("scan.around.code", { url: share.url })} width="140" height="140" />
        <figcaption><a href={code} download="link.svg">{t("scan.around.code.download")}</a></figcaption>
      </figure>
      <div className="wb-switches">
        {SWITCHES.map((name) => (
          <label key={name}>
            <input
              type="checkbox" role="switch" checked={share[name] && !held[name]} disabled={held[name]} aria-disabled={busy}
              onChange={(event) => {
                if (!busy) set({ [name]: event.target.checked });
              }}
            />
            <span>{t(`scan.around.${name}`)}<small>{t(held[name] ? `scan.around.${name}.held` as "scan.around.framed.held" : `scan.around.${name}.note`)}</small></span>
          </label>
        ))}
      </div>
      {share.framed && !held.framed && <Copied label={t("scan.around.snippet")} text={frame} done={() => toast({ text: t("scan.around.snippet.copied") })} />}
      {share.remix_url && <Copied label={t("scan.around.remix.link")} text={share.remix_url} done={() => toast({ text: t("scan.around.remix.copied") })} />}
    </div>
  );
}

/** A line of text and a button that copies it. */
function Copied({ label, text, done }: { label: string; text: string; done: () => void }): ReactElement {
  const { attempt } = useWorkbench();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    done();
  };
  const says = t("scan.around.copy", { what: label });
  return (
    <div className="wb-around-line wb-field">
      <label>{label}<input readOnly value={text} onFocus={(event) => event.currentTarget.select()} /></label>
      <button type="button" className="wb-icon-button" aria-label={says} title={says} onClick={() => attempt(copy)}><Icon name="copy" /></button>
    </div>
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
