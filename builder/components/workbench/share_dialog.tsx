import { type ReactElement, useId, useState } from "react";
import { useProject, useWorkbench } from "./context";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { t, when } from "./texts";
import type { Share, ShareTerms } from "./types";

const LOOPBACK = /^https?:\/\/([^/:]+\.)?(localhost|127\.0\.0\.1)(:|\/|$)/;
const ACCESS = ["public", "password", "signed_in"] as const;
const ENDS = [["never", null], ["day", 24], ["week", 7 * 24], ["month", 30 * 24]] as const;
const SHORTEST = 6;
const OPEN: ShareTerms = { access: "public", password: "", hours: null, follows: false };
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Live links: say for whom, until when and of which version; copy, open, revoke. */
export function ShareDialog(): ReactElement {
  const { store, setPanel, attempt, toast } = useWorkbench();
  const { shares } = useProject();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState("");
  const [terms, setTerms] = useState(OPEN);
  const field = useId();
  const now = new Date().toISOString();
  const live = shares.filter((share) => share.revoked_at === null && (share.expires_at === null || share.expires_at > now));
  const loopback = LOOPBACK.test(live[0]?.url ?? location.origin);
  const short = terms.access === "password" && terms.password.length < SHORTEST;

  const copy = async (share: Share): Promise<void> => {
    await navigator.clipboard.writeText(share.url);
    toast({ text: t("workbench.share.copied") });
  };
  const create = (): void => {
    setBusy(true);
    attempt(async () => {
      try {
        await store.flush();
        const { share } = await store.api.share({ ...terms, password: terms.access === "password" ? terms.password : "" });
        setMade(share.id);
        setTerms(OPEN);
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
              <small>
                {[
                  t(`workbench.share.for.${share.access}`),
                  t(share.follows ? "workbench.share.follows" : "workbench.share.pinned"),
                  share.expires_at === null ? "" : t("workbench.share.until", { day: day.format(new Date(share.expires_at)) }),
                  share.server ? t("workbench.share.own_server") : "",
                  when(share.created_at),
                ].filter(Boolean).join(" · ")}
              </small>
            </li>
          ))}
        </ul>
      )}
      <form
        className="wb-terms"
        onSubmit={(event) => {
          event.preventDefault();
          if (!short && !busy) create();
        }}
      >
        <h3>{t("workbench.share.new")}</h3>
        <Choice
          label={t("workbench.share.who")} value={terms.access} set={(access) => setTerms({ ...terms, access })}
          options={ACCESS.map((access) => [access, t(`workbench.share.for.${access}`)] as const)}
        />
        {terms.access === "password" && (
          <div className="wb-terms-password">
            <label htmlFor={field}>{t("workbench.share.password")}</label>
            <input
              id={field} aria-describedby={`${field}-hint`} type="text" autoComplete="off" spellCheck={false} value={terms.password} maxLength={200} autoFocus
              onChange={(event) => setTerms({ ...terms, password: event.target.value })}
            />
            <small id={`${field}-hint`}>{t("workbench.share.password.hint", { shortest: SHORTEST })}</small>
          </div>
        )}
        <Choice
          label={t("workbench.share.what")} value={terms.follows ? "latest" : "this"}
          set={(which) => setTerms({ ...terms, follows: which === "latest" })}
          options={[["this", t("workbench.share.pinned")], ["latest", t("workbench.share.follows")]]}
        />
        <Choice
          label={t("workbench.share.ends")} value={ENDS.find(([, hours]) => hours === terms.hours)?.[0] ?? "never"}
          set={(name) => setTerms({ ...terms, hours: ENDS.find(([one]) => one === name)?.[1] ?? null })}
          options={ENDS.map(([name]) => [name, t(`workbench.share.ends.${name}`)] as const)}
        />
        <div className="wb-dialog-foot">
          <button type="submit" className="wb-button wb-primary" disabled={busy || short}>
            <Icon name="link" />
            {t("workbench.share.create")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  set: (value: T) => void;
  options: readonly (readonly [T, string])[];
}

/** One of a few, all in sight. */
function Choice<T extends string>({ label, value, set, options }: ChoiceProps<T>): ReactElement {
  const name = useId();
  return (
    <fieldset className="wb-choice">
      <legend>{label}</legend>
      <div>
        {options.map(([option, text]) => (
          <label key={option}>
            <input type="radio" name={name} checked={value === option} onChange={() => set(option)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
