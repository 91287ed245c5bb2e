import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { hasBuild } from "../session/engines";
import { Icon } from "../controls/icons";
import { Sure } from "../controls/sure";
import { Around } from "../sharing/around";
import { isShort, type Options, type Terms, TermsForm } from "./share_terms";
import { day, when } from "../../client/times";
import { t } from "../../client/workbench_texts";
import type { Share, ShareChange } from "../../client/types";

export const ENDS = [["never", null], ["day", 24], ["week", 7 * 24], ["month", 30 * 24]] as const;
const AS_NOW = "as_now";

/**
 * One live link: copy, open, change, revoke. `gone` is called when it was revoked; its row then disappears, and the
 * focus with it. `views`: how often its pages were opened.
 */
export function ShareLink({ share, views, fresh, gone }: { share: Share; views: number; fresh: boolean; gone: () => void }): ReactElement {
  const { store, attempt, toast } = useWorkbench();
  const [doing, setDoing] = useState<"change" | "more" | "revoke" | null>(null);
  const change = useFocusBack<HTMLButtonElement>(doing === "change", doing === null);
  const revoke = useFocusBack<HTMLButtonElement>(doing === "revoke", doing === null);

  const end = (): void => attempt(async () => {
    await store.api.revoke(share.id);
    toast({ text: t("workbench.share.revoked") });
    gone();
  });
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(share.url);
    toast({ text: t("workbench.share.copied") });
  };
  const told = [
    t(`workbench.share.for.${share.access}`),
    t(share.follows ? "workbench.share.follows" : "workbench.share.pinned"),
    share.expires_at === null ? "" : t("workbench.share.until", { day: day(share.expires_at) }),
    share.source ? t("workbench.share.with_source") : "",
    share.server ? t("workbench.share.own_data") : "",
    when(share.created_at),
    views > 0 ? t("workbench.share.views", { count: views }) : "",
  ];
  return (
    <li data-new={fresh}>
      <span className="wb-version-number">{t("workbench.version", { number: share.version_number })}</span>
      <input readOnly value={share.url} aria-label={t("workbench.share.link")} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" className="wb-icon-button" aria-label={t("workbench.share.copy")} title={t("workbench.share.copy")} onClick={() => attempt(copy)}>
        <Icon name="copy" />
      </button>
      <a className="wb-icon-button" href={share.url} target="_blank" rel="noopener" aria-label={t("workbench.share.open")} title={t("workbench.share.open")}>
        <Icon name="external" />
      </a>
      <button
        ref={change} type="button" className="wb-button wb-small" aria-expanded={doing === "change"}
        onClick={() => setDoing(doing === "change" ? null : "change")}
      >
        {t("workbench.share.change")}
      </button>
      <button type="button" className="wb-button wb-small" aria-expanded={doing === "more"} onClick={() => setDoing(doing === "more" ? null : "more")}>
        {t("workbench.share.more")}
      </button>
      <button ref={revoke} type="button" className="wb-button wb-small" onClick={() => setDoing("revoke")}>
        {t("workbench.share.revoke")}
      </button>
      <small>{told.filter(Boolean).join(" · ")}</small>
      <small role="status">{share.copying && share.data_problem === null ? t("workbench.share.copying") : ""}</small>
      {share.data_problem && <p className="wb-note wb-note-bad">{t("workbench.share.not_copied", { why: share.data_problem })}</p>}
      {doing === "change" && <Changes share={share} close={() => setDoing(null)} />}
      {doing === "more" && <Around share={share} />}
      {doing === "revoke" && (
        <Sure text={t(share.server ? "workbench.share.revoke.sure" : "workbench.share.revoke.sure.page")} keep={t("workbench.share.revoke.keep")} no={() => setDoing(null)}>
          <button type="button" className="wb-button wb-bad" onClick={end}>{t("workbench.share.revoke.yes")}</button>
        </Sure>
      )}
    </li>
  );
}

/** Change the terms at the same address, or start again with fresh data. */
function Changes({ share, close }: { share: Share; close: () => void }): ReactElement {
  const { store, attempt, toast } = useWorkbench();
  const { project, versions, engines } = useProject();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const ask = useFocusBack<HTMLButtonElement>(asking);
  const before: Terms = {
    access: share.access, password: "", shows: share.follows ? "latest" : "this", gives: share.source ? "source" : "build",
    ends: share.expires_at === null ? "never" : AS_NOW, data: share.data,
  };
  const [terms, setTerms] = useState(before);
  const head = versions.find((version) => version.id === project?.head);
  const kept = share.access === "password";
  const shows: Options = [
    ["this", t("workbench.share.version", { number: share.version_number })],
    ...(head && head.id !== share.version ? [["newest", t("workbench.share.newest", { number: head.number })] as const] : []),
    ["latest", t("workbench.share.follows")],
  ];
  const ends: Options = [
    ...(share.expires_at === null ? [] : [[AS_NOW, t("workbench.share.ends.as_now", { day: day(share.expires_at) })] as const]),
    ...ENDS.map(([name]) => [name, t(`workbench.share.ends.${name}`)] as const),
  ];
  const run = (work: () => Promise<unknown>, done: string): void => {
    setBusy(true);
    attempt(async () => {
      try {
        await work();
        toast({ text: done });
        close();
      } finally {
        setBusy(false);
      }
    });
  };
  const save = (): void => {
    const change: ShareChange = { access: terms.access, follows: terms.shows === "latest", source: terms.gives === "source" };
    if (terms.access === "password" && terms.password) change.password = terms.password;
    if (terms.ends !== before.ends) change.hours = ENDS.find(([name]) => name === terms.ends)?.[1] ?? null;
    if (terms.shows === "newest" && head) change.version = head.id;
    run(() => store.api.changeShare(share.id, change), t("workbench.share.changed"));
  };
  const anew = (begin: Share["data"]): void => run(() => store.api.beginShareAnew(share.id, begin), t("workbench.share.anew.done"));
  return (
    <div className="wb-share-changes">
      <TermsForm
        title={t("workbench.share.change.title")} terms={terms} set={setTerms} shows={shows} ends={ends} built={hasBuild(engines)} kept={kept} focus send={save} busy={busy}
        buttons={
          <>
            {share.server && !asking && (
              <button ref={ask} type="button" className="wb-button wb-share-anew" disabled={busy} onClick={() => setAsking(true)}>{t("workbench.share.anew")}</button>
            )}
            <button type="button" className="wb-button" onClick={close}>{t("workbench.share.cancel")}</button>
            <button type="submit" className="wb-button wb-primary" disabled={busy || isShort(terms, kept)}>{t("workbench.share.save")}</button>
          </>
        }
      />
      {asking && (
        <Sure text={t("workbench.share.anew.sure")} keep={t("workbench.share.anew.keep")} no={() => setAsking(false)}>
          <button type="button" className="wb-button wb-bad" disabled={busy} onClick={() => anew("empty")}>{t("workbench.share.anew.empty")}</button>
          <button type="button" className="wb-button wb-bad" disabled={busy} onClick={() => anew("copy")}>{t("workbench.share.anew.copy")}</button>
        </Sure>
      )}
    </div>
  );
}

/**
 * For the button that opens a form: when the form closes, and with it the element that had the focus, the button gets
 * the focus. `free`: no other form was opened in its place.
 */
function useFocusBack<T extends HTMLElement>(open: boolean, free = true): RefObject<T | null> {
  const element = useRef<T>(null);
  const opened = useRef(false);
  useEffect(() => {
    if (!open && opened.current && free) element.current?.focus();
    opened.current = open;
  }, [open, free]);
  return element;
}
