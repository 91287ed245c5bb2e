// Asks for a provider's key, tests it on the server and keeps it there. The key never stays in the page.
import { useEffect, useRef, useState } from "react";
import type { FormEvent } from "react";
import catalogue from "$/texts/keys.en.json";
import { json, reasonOf } from "../client/http";
import { texts } from "../client/texts";
import type { ProviderKey } from "../client/types";

const t = texts(catalogue);

interface Props {
  keys: ProviderKey[];
  /** The provider whose key is shown first; the first of the list when no provider has this name. */
  asked: string;
  close(): void;
  /** Reads the keys again; called with the provider whose key was just set. */
  changed(provider?: string): Promise<void>;
}

export default function KeyDialog({ keys, asked, close, changed }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const way = useRef<HTMLButtonElement>(null);
  const [name, setName] = useState(asked);
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const [kept, setKept] = useState("");
  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
  }, []);
  // The field that had the focus is gone.
  useEffect(() => { if (kept) way.current?.focus(); }, [kept]);

  const key = keys.find(({ provider }) => provider === name) ?? keys[0];
  if (!key) return null;
  const { provider, label, hint, source } = key;
  const works = kept === provider;
  const fixed = source === "environment" || works;

  const choose = (other: string) => {
    setName(other);
    setValue("");
    setError("");
  };
  const change = async (method: "PUT" | "DELETE") => {
    setBusy(true);
    setError("");
    try {
      await json(`/keys/${provider}`, { method, body: method === "PUT" ? { key: value.trim() } : undefined });
      setValue("");
      await changed(method === "PUT" ? provider : undefined);
      if (method === "PUT") setKept(provider);
      else dialog.current?.close();
    } catch (reason) {
      setError(reasonOf(reason));
    }
    setBusy(false);
  };

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="key-title" onClose={close}>
      <form onSubmit={(event: FormEvent) => { event.preventDefault(); void change("PUT"); }}>
        <h2 id="key-title">{t("keys.title")}</h2>
        <p>{t("keys.text")}</p>
        <fieldset className="providers" disabled={busy}>
          <legend className="sr">{t("keys.provider")}</legend>
          {keys.map((one) => (
            <label key={one.provider}>
              <input type="radio" name="provider" checked={one === key} onChange={() => choose(one.provider)} />
              {one.label} <small>{t(one.set ? "keys.set" : "keys.none")}</small>
            </label>
          ))}
        </fieldset>
        {works ? <p role="status" className="good">{t("keys.kept", { provider: label })}</p>
          : source ? <p>{t(`keys.${source}`, { hint })}</p>
          : <p><a className="link" href={key.key_page} target="_blank" rel="noreferrer">{t("keys.where", { provider: label })}</a></p>}
        {fixed ? null : (
          <label className="field">{t("keys.label", { provider: label })}
            <input ref={field} type="password" autoComplete="off" autoCapitalize="off" spellCheck={false} value={value} required
              placeholder={key.key_begins && `${key.key_begins}…`} aria-describedby="key-error"
              onChange={(event) => { setValue(event.target.value); setError(""); }} />
          </label>
        )}
        <p id="key-error" className="error" role="alert">{error}</p>
        <div className="dialog-foot">
          {source === "stored" && !works ? <button type="button" className="button" disabled={busy} onClick={() => void change("DELETE")}>{t("keys.remove")}</button> : null}
          <button ref={way} type="button" className="button" onClick={() => dialog.current?.close()}>{t(fixed ? "keys.close" : "keys.cancel")}</button>
          {fixed ? null : (
            <button type="submit" className="button primary" disabled={busy || !value.trim()}>{t(busy ? "keys.testing" : "keys.save")}</button>
          )}
        </div>
      </form>
    </dialog>
  );
}
