import { type ReactElement, useEffect, useRef, useState } from "react";
import { useProject, useServer, useWorkbench } from "../session/context";
import { hasBuild } from "../session/engines";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { ENDS, ShareLink } from "./share_link";
import { isShort, type Terms, TermsForm } from "./share_terms";
import { People } from "../people/people";
import { mayShare } from "../store/state";
import { Findings } from "../sharing/findings";
import { useScan } from "../sharing/use_scan";
import { t } from "../../client/workbench_texts";

const LOOPBACK = /^https?:\/\/([^/:]+\.)?(localhost|127\.0\.0\.1)(:|\/|$)/;
const OPEN: Terms = { access: "public", password: "", shows: "this", gives: "build", ends: "never", data: "copy" };

/** Who has access to the project, and live links of its app: for whom, until when, of which version, with which data. */
export function ShareDialog(): ReactElement {
  const { setPanel } = useWorkbench();
  const leads = mayShare(useProject());
  return (
    <Dialog title={t("workbench.share.title")} close={() => setPanel(null)} wide>
      <People />
      {leads && <LiveLinks />}
    </Dialog>
  );
}

/** The links there are, and a form for a new one. */
function LiveLinks(): ReactElement {
  const { store, attempt } = useWorkbench();
  const { shares, engines } = useProject();
  const server = useServer();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const [terms, setTerms] = useState(OPEN);
  const [views, setViews] = useState<Record<string, number>>({});
  useEffect(() => {
    // Visits are no events of the project: they are asked for when the dialog opens.
    store.api.shares().then(({ shares: found }) => setViews(Object.fromEntries(found.map((one) => [one.id, one.views]))), () => undefined);
  }, [store]);
  const now = new Date().toISOString();
  const live = shares.filter((share) => share.revoked_at === null && (share.expires_at === null || share.expires_at > now));
  const loopback = LOOPBACK.test(live[0]?.url ?? location.origin);
  const short = isShort(terms);
  const watch = useScan();
  const held = watch.scan?.leaks.some((leak) => leak.blocks) ?? false;

  const create = (): void => {
    if (busy) return;
    setBusy(true);
    attempt(async () => {
      try {
        await store.flush();
        const { share } = await store.api.share({
          access: terms.access, password: terms.access === "password" ? terms.password : "", follows: terms.shows === "latest",
          source: terms.gives === "source", hours: ENDS.find(([name]) => name === terms.ends)?.[1] ?? null, data: terms.data,
        });
        setMade(share.id);
        setTerms(OPEN);
      } finally {
        setBusy(false);
      }
    });
  };
  return (
    <>
      <p>{t("workbench.share.text")}</p>
      {loopback && <p className="wb-note">{t("workbench.share.loopback")}</p>}
      <p className="wb-sr" role="status">{made && !busy ? t("workbench.share.ready") : ""}</p>
      {live.length > 0 && (
        <ul className="wb-shares">{live.map((share) => <ShareLink key={share.id} share={share} views={views[share.id] ?? share.views} fresh={share.id === made} gone={() => button.current?.focus()} />)}</ul>
      )}
      <Findings watch={watch} />
      <TermsForm
        title={t("workbench.share.new")} terms={terms} set={setTerms} send={create} busy={busy} built={hasBuild(engines)} data={server !== null || engines?.kind === "docker"}
        shows={[["this", t("workbench.share.pinned")], ["latest", t("workbench.share.follows")]]}
        ends={ENDS.map(([name]) => [name, t(`workbench.share.ends.${name}`)] as const)}
        buttons={
          // Not disabled while it works: it would lose the focus.
          <button ref={button} type="submit" className="wb-button wb-primary" disabled={short || held} aria-disabled={busy}>
            <Icon name="link" />
            {t(busy ? "workbench.share.creating" : "workbench.share.create")}
          </button>
        }
      />
    </>
  );
}
