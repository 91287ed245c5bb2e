import { type FormEvent, type ReactElement, useId, useState } from "react";
import { reasonOf } from "../../client/http";
import type { Body, Schemas } from "../../client/types";
import { t } from "./texts";

interface Props {
  remote: Schemas["GitRemoteView"] | null;
  set: (wanted: Body<"set_git">) => Promise<void>;
  cancel?: (() => void) | undefined;
  label: string;
  busy: string;
}

/** The address of a repository, and how to get in. The token goes to the server and never comes back. */
export function RemoteForm({ remote, set, cancel, label, busy }: Props): ReactElement {
  const [wanted, setWanted] = useState({ url: remote?.url ?? "", branch: remote?.branch ?? "", user: remote?.user ?? "", token: "" });
  const [sending, setSending] = useState(false);
  const [fault, setFault] = useState("");
  const error = useId();
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setFault("");
    try {
      const token = wanted.token.trim();
      await set({ url: wanted.url.trim(), branch: wanted.branch.trim(), user: wanted.user.trim(), token: token || (remote?.has_token ? null : "") });
    } catch (reason) {
      setFault(reasonOf(reason));
      setSending(false);
    }
  };
  const field = (name: keyof typeof wanted, hint: string, rest: object = {}): ReactElement => (
    <label className="wb-field">
      {t(`repository.${name}`)}
      <input
        value={wanted[name]} placeholder={hint} spellCheck={false} autoComplete="off" autoCapitalize="none" aria-describedby={error} {...rest}
        onChange={(event) => {
          setFault("");
          setWanted({ ...wanted, [name]: event.target.value });
        }}
      />
    </label>
  );
  return (
    <form className="wb-git-form" onSubmit={(event) => void send(event)}>
      {field("url", t("repository.url_hint"), { required: true, maxLength: 500, inputMode: "url" })}
      {field("token", remote?.has_token ? t("repository.token_kept", { hint: remote.hint }) : t("repository.token_hint"), { type: "password", maxLength: 1000 })}
      {field("branch", t("repository.branch_hint"), { maxLength: 100 })}
      {field("user", t("repository.user_hint"), { maxLength: 100 })}
      <p id={error} role="alert" className={fault ? "wb-note wb-note-bad" : "wb-sr"}>{fault}</p>
      <div className="wb-dialog-foot">
        {cancel && <button type="button" className="wb-button" disabled={sending} onClick={cancel}>{t("repository.cancel")}</button>}
        <button type="submit" className="wb-button wb-primary" disabled={sending}>{sending ? busy : label}</button>
      </div>
    </form>
  );
}
