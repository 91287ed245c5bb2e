import { type ReactElement, useEffect, useId, useRef } from "react";
import { t } from "../../client/workbench_texts";
import { useProject } from "../session/context";
import type { Share } from "../../client/types";

const SHORTEST = 6;
const ACCESS = ["public", "password", "signed_in"] as const;

/** The values of the form; `shows`, `gives` and `ends` are names of options. */
export interface Terms {
  access: Share["access"];
  password: string;
  shows: string;
  gives: "build" | "source";
  ends: string;
  data: Share["data"];
}

interface Props {
  title: string;
  terms: Terms;
  set: (terms: Terms) => void;
  shows: Options;
  ends: Options;
  /** The app has a front end that is built: the form asks what visitors' browsers get of it. */
  built?: boolean;
  /** A new link of an app with a server: the form asks with which data it begins. */
  data?: boolean;
  /** The link has a password, which stays when no new one is given. */
  kept?: boolean;
  /** Put the focus into the form at the start. */
  focus?: boolean;
  send: () => void;
  busy: boolean;
  buttons: ReactElement;
}

export type Options = readonly (readonly [name: string, text: string])[];

/** Whether the password is acceptable. */
export function isShort({ access, password }: Terms, kept = false): boolean {
  return access === "password" && password.length < SHORTEST && !(kept && password === "");
}

/** The terms of a link: for whom it is, what it shows, until when, and the data it begins with. */
export function TermsForm({ title, terms, set, shows, ends, built = true, data = false, kept = false, focus = false, send, busy, buttons }: Props): ReactElement {
  const { signsIn } = useProject();
  const field = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (focus) form.current?.querySelector<HTMLElement>("input:checked")?.focus();
  }, [focus]);
  return (
    <form
      ref={form} className="wb-terms" aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isShort(terms, kept) && !busy) send();
      }}
    >
      <h3>{title}</h3>
      <Choice
        label={t("workbench.share.who")} value={terms.access} set={(access) => set({ ...terms, access })}
        options={ACCESS.map((access) => [access, t(`workbench.share.for.${access}`)] as const)}
        {...(terms.access === "signed_in" && !signsIn ? { note: t("workbench.share.nobody_signs_in") } : {})}
      />
      {terms.access === "password" && (
        <div className="wb-terms-password">
          <label htmlFor={field}>{t("workbench.share.password")}</label>
          <input
            id={field} aria-describedby={`${field}-hint`} type="text" autoComplete="off" spellCheck={false} value={terms.password} maxLength={200} autoFocus={!focus}
            onChange={(event) => set({ ...terms, password: event.target.value })}
          />
          <small id={`${field}-hint`}>{t(kept ? "workbench.share.password.kept" : "workbench.share.password.hint", { shortest: SHORTEST })}</small>
        </div>
      )}
      <Choice label={t("workbench.share.what")} value={terms.shows} set={(name) => set({ ...terms, shows: name })} options={shows} />
      {built && (
        <Choice
          label={t("workbench.share.gives")} value={terms.gives} set={(gives) => set({ ...terms, gives })}
          options={[["build", t("workbench.share.gives.build")], ["source", t("workbench.share.gives.source")]]}
          {...(terms.gives === "source" ? { note: t("workbench.share.gives.source.note") } : {})}
        />
      )}
      <Choice label={t("workbench.share.ends")} value={terms.ends} set={(name) => set({ ...terms, ends: name })} options={ends} />
      {data && (
        <Choice
          label={t("workbench.share.data")} value={terms.data} set={(begins) => set({ ...terms, data: begins })}
          options={[["copy", t("workbench.share.data.copy")], ["empty", t("workbench.share.data.empty")]]}
          note={t(`workbench.share.data.${terms.data}.note`)}
        />
      )}
      <div className="wb-dialog-foot">{buttons}</div>
    </form>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  set: (value: T) => void;
  options: readonly (readonly [T, string])[];
  note?: string;
}

/** One choice out of a few, all visible. */
function Choice<T extends string>({ label, value, set, options, note }: ChoiceProps<T>): ReactElement {
  const name = useId();
  return (
    <fieldset className="wb-choice" aria-describedby={note ? `${name}-note` : undefined}>
      <legend>{label}</legend>
      <div>
        {options.map(([option, text]) => (
          <label key={option}>
            <input type="radio" name={name} checked={value === option} onChange={() => set(option)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
      {note && <small id={`${name}-note`}>{note}</small>}
    </fieldset>
  );
}
