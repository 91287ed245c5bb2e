// Makes a project of a Git repository. The token goes to the server and never comes back.
import { useEffect, useRef, useState } from "react";
import type { FormEvent } from "react";
import catalogue from "$/texts/repository.en.json";
import { json, reasonOf } from "../client/http";
import { texts } from "../client/texts";
import type { Answer } from "../client/types";

const t = texts(catalogue);

export default function CloneDialog({ close }: { close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [url, setUrl] = useState("");
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  useEffect(() => dialog.current?.showModal(), []);
  const send = async () => {
    setBusy(true);
    setError("");
    try {
      const body = { url: url.trim(), token: token.trim() };
      const made = await json<Answer<"clone_repository">>("/projects/clone", { method: "POST", body });
      location.assign(`/p/${made.project.id}`);
    } catch (reason) {
      setBusy(false);
      setError(reasonOf(reason));
    }
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="clone-title" onClose={close}>
      <form onSubmit={(event: FormEvent) => { event.preventDefault(); void send(); }}>
        <h2 id="clone-title">{t("repository.home_title")}</h2>
        <p>{t("repository.home_text")}</p>
        <label className="field">{t("repository.url")}
          <input type="url" inputMode="url" autoComplete="off" autoCapitalize="none" spellCheck={false} value={url} required maxLength={500} autoFocus
            placeholder={t("repository.url_hint")} aria-describedby="clone-error" onChange={(event) => { setUrl(event.target.value); setError(""); }} />
        </label>
        <label className="field">{t("repository.token")}
          <input type="password" autoComplete="off" value={token} maxLength={1000} placeholder={t("repository.token_hint")}
            aria-describedby="clone-error" onChange={(event) => { setToken(event.target.value); setError(""); }} />
        </label>
        <p id="clone-error" className="error" role="alert">{error}</p>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>{t("repository.cancel")}</button>
          <button type="submit" className="button primary" disabled={busy || !url.trim()}>{t(busy ? "repository.getting" : "repository.get")}</button>
        </div>
      </form>
    </dialog>
  );
}
