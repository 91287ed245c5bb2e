// Asks for a Claude key, tests it on the server and keeps it there. The key never stays in the page.
import { useEffect, useRef, useState } from "react";
import type { FormEvent } from "react";
import { json, reasonOf } from "../client/http";
import type { KeyState } from "../client/types";
import type { Texts } from "./texts";

interface Props { texts: Texts; state: KeyState | null; onClose(): void; onChanged(): void }

export function KeyDialog({ texts, state, onClose, onChanged }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const [kept, setKept] = useState(false);
  useEffect(() => { dialog.current?.showModal(); }, []);

  const change = async (method: "PUT" | "DELETE") => {
    setBusy(true);
    setError("");
    try {
      await json("/keys/anthropic", { method, body: method === "PUT" ? { key: value.trim() } : undefined });
      setValue("");
      onChanged();
      if (method === "PUT") setKept(true); else dialog.current?.close();
    } catch (reason) {
      setError(reasonOf(reason));
    }
    setBusy(false);
  };
  const known = state?.set ? (state.source === "environment" ? texts["home.key_environment"] : texts["home.key_stored"]) : "";

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="key-title" onClose={onClose}>
      <form onSubmit={(event: FormEvent) => { event.preventDefault(); void change("PUT"); }}>
        <h2 id="key-title">{texts["home.key_title"]}</h2>
        <p>{texts["home.key_text"]}</p>
        {state?.set || kept ? null : <p><a className="link" href="https://platform.claude.com/settings/keys" target="_blank" rel="noreferrer">{texts["home.key_where"]}</a></p>}
        {kept ? <p role="status" className="good">{texts["home.key_kept"]}</p> : known ? <p>{known.replace("{hint}", state?.hint ?? "")}</p> : null}
        {state?.source === "environment" || kept ? null : (
          <label className="field">{texts["home.key_label"]}
            <input type="password" autoComplete="off" spellCheck={false} value={value} required placeholder="sk-ant-…"
              aria-describedby="key-error" onChange={(event) => { setValue(event.target.value); setError(""); }} />
          </label>
        )}
        <p id="key-error" className="error" role="alert">{error}</p>
        <div className="dialog-foot">
          {state?.source === "stored" && !kept ? <button type="button" className="button" disabled={busy} onClick={() => void change("DELETE")}>{texts["home.key_remove"]}</button> : null}
          <button type="button" className="button" onClick={() => dialog.current?.close()}>{kept || state?.source === "environment" ? texts["home.close"] : texts["home.cancel"]}</button>
          {state?.source === "environment" || kept ? null : (
            <button type="submit" className="button primary" disabled={busy || !value.trim()}>{busy ? texts["home.key_testing"] : texts["home.key_save"]}</button>
          )}
        </div>
      </form>
    </dialog>
  );
}
