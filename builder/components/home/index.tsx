// The home page's React parts. Texts come in as props, so that the page holds only the words it shows.
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { ChangeEvent, ClipboardEvent, FormEvent, KeyboardEvent } from "react";
import "../tokens.css";
import "./home.css";
import { AttachButton, AttachedFiles, DropNotice } from "../attachments/attachments";
import { pastedFiles } from "../attachments/transfer";
import { useAttachments } from "../attachments/use_attachments";
import { ApiError, json, persistently, reasonOf } from "../client/http";
import type { Answer, ProviderKey } from "../client/types";
import type { Texts } from "./texts";

/** In chunks of their own: most visits do not open them. */
const ServersDialog = lazy(() => persistently(() => import("../servers/servers_dialog")));
const SearchDialog = lazy(() => persistently(() => import("../search/search_dialog")));
const CloneDialog = lazy(() => persistently(() => import("./clone_dialog")));
const KeyDialog = lazy(() => persistently(() => import("./key_dialog")));

const DRAFT = "sayso.draft";
const MODEL = "sayso.model";
const RECENT = "sayso.recent";
const ATTACHED = "sayso.attached";

/** Reads storage that a private window may refuse. */
function remembered(key: string): string {
  try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
}
function remember(key: string, value: string): void {
  try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* a private window: nothing to keep */ }
}

export function PageStyles(): null { return null; }

/** Esc and a press elsewhere close the open element: a project's menu, or the field that renames it. */
function useClosing(): void {
  useEffect(() => {
    const menus = () => document.querySelectorAll<HTMLDetailsElement>("details.more[open]");
    const pressed = (event: PointerEvent) => {
      for (const menu of menus()) if (!menu.contains(event.target as Node)) menu.open = false;
    };
    const key = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "Escape") return;
      for (const menu of menus()) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      }
      (event.target as Element).closest(".rename")?.querySelector<HTMLElement>("[type=button]")?.click();
    };
    document.addEventListener("pointerdown", pressed);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", pressed);
      document.removeEventListener("keydown", key);
    };
  }, []);
}

/** The keys of a team are for those who look after it. */
function hidden(reason: unknown): Answer<"key_states"> {
  if (reason instanceof ApiError && reason.status === 403) return { keys: [] };
  throw reason;
}

export function PromptBox({ texts, examples }: { texts: Texts; examples: string[] }) {
  const [prompt, setPrompt] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const [menu, setMenu] = useState<Answer<"models"> | null>(null);
  const [model, setModel] = useState("");
  const [keys, setKeys] = useState<ProviderKey[] | null>(null);
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState("");
  const [servers, setServers] = useState(false);
  const [searching, setSearching] = useState(false);
  const [back, setBack] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const card = useRef<HTMLFormElement>(null);
  const attaching = useAttachments("/attachments", ATTACHED, () => "");

  useClosing();
  /** `provider`: its key was just set, so its models are what the person wants. */
  const load = async (provider = "") => {
    try {
      const [menu, held] = await Promise.all([json<Answer<"models">>("/models"), json<Answer<"key_states">>("/keys").catch(hidden)]);
      setMenu(menu);
      setKeys(held.keys);
      const names = menu.models.map((m) => m.name);
      const its = provider && [menu.default, ...names].find((name) => name.startsWith(`${provider}:`));
      if (its) remember(MODEL, its === menu.default ? "" : its);
      const wanted = its || remembered(MODEL);
      setModel(names.includes(wanted) ? wanted : menu.default);
    } catch (reason) {
      setError(reasonOf(reason));
    }
  };
  useEffect(() => {
    // Text that was typed before the page came alive stays; otherwise the text of the last visit comes back.
    setPrompt((now) => now || box.current?.value || remembered(DRAFT));
    document.documentElement.dataset["alive"] = "true";  // head.py loads it no more from here on
    setTimeout(() => dispatchEvent(new Event("sayso:alive")));  // once every other effect has run
    const open = () => { setAsking(true); void load(); };
    const openServers = () => setServers(true);
    const openSearch = () => setSearching(true);
    const searchKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      openSearch();
    };
    addEventListener("sayso:key", open);
    addEventListener("sayso:servers", openServers);
    addEventListener("sayso:search", openSearch);
    addEventListener("keydown", searchKey);
    // The workbench leads here as /#key:<project>:<provider>; closing the dialog leads back.
    const led = /^#key(?::([a-z2-7]{16}):([\w-]*))?$/.exec(location.hash);
    if (led) {
      history.replaceState(history.state, "", location.pathname);
      setBack(led[1] ?? "");
      setAsked(led[2] ?? "");
      open();
    } else void load();
    return () => {
      removeEventListener("sayso:key", open);
      removeEventListener("sayso:servers", openServers);
      removeEventListener("sayso:search", openSearch);
      removeEventListener("keydown", searchKey);
    };
  }, []);
  useEffect(() => { if (prompt) remember(DRAFT, prompt); }, [prompt]);
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, innerHeight * 0.45)}px`;
  }, [prompt]);

  const send = async () => {
    if (busy) return;
    const text = (box.current?.value ?? prompt).trim();
    if (!text) { setError(texts["home.empty_prompt"] ?? ""); box.current?.focus(); return; }
    setBusy(true);
    setError("");
    try {
      const ids = await attaching.ready();
      const body = { prompt: text, mode: "auto" as const, ...(model && { model }), ...(ids.length && { attachments: ids }) };
      const made = await json<Answer<"create_project">>("/projects", { method: "POST", body });
      remember(DRAFT, "");
      attaching.clear();
      location.assign(`/p/${made.project.id}`);
    } catch (reason) {
      setBusy(false);
      setError(reasonOf(reason));
    }
  };
  const onKey = (event: KeyboardEvent) => {
    // While an input method is composing, Enter only chooses a word.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) { event.preventDefault(); void send(); }
  };
  const paste = (event: ClipboardEvent) => {
    const files = pastedFiles(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    attaching.add(files);
  };
  const choose = (event: ChangeEvent<HTMLSelectElement>) => { setModel(event.target.value); remember(MODEL, event.target.value); };
  const demo = keys?.every((one) => !one.set) && menu?.models.find((m) => m.name === model)?.offline;

  return (
    <div className="prompt">
      <form ref={card} className="prompt-card" onSubmit={(event: FormEvent) => { event.preventDefault(); void send(); }}>
        <label className="sr" htmlFor="prompt">{texts["home.prompt_label"]}</label>
        <textarea id="prompt" ref={box} rows={3} value={prompt} placeholder={texts["home.prompt_placeholder"]} autoFocus
          aria-describedby="prompt-hint prompt-error" aria-invalid={error ? true : undefined}
          onChange={(event) => { setPrompt(event.target.value); setError(""); }} onKeyDown={onKey} onPaste={paste} />
        <AttachedFiles attaching={attaching} />
        <div className="prompt-foot">
          <AttachButton attaching={attaching} />
          <label className="model">
            <span className="sr">{texts["home.model"]}</span>
            <select value={model} onChange={choose} disabled={!menu}>
              {menu ? menu.models.map((m) => <option key={m.name} value={m.name}>{m.label}</option>) : <option value="">{texts["home.model"]}</option>}
            </select>
          </label>
          <span id="prompt-hint" className="hint">{texts["home.hint"]}</span>
          <button type="submit" className="button primary" disabled={busy}>{busy ? texts["home.making"] : texts["home.make"]}</button>
        </div>
        <DropNotice zone={card} attaching={attaching} />
      </form>
      <p id="prompt-error" className="error" role="alert">{error}</p>
      <p className="offline" data-shown={demo ? "" : undefined}>
        {demo ? <>{texts["home.offline"]} <button type="button" className="link" onClick={() => setAsking(true)}>{texts["home.add_key"]}</button></> : null}
      </p>
      <ul className="examples" aria-label={texts["home.examples"]}>
        {examples.map((example) => (
          <li key={example}><button type="button" className="chip" onClick={() => { setPrompt(example); setError(""); box.current?.focus(); }}>{example}</button></li>
        ))}
      </ul>
      {servers ? <Suspense fallback={null}><ServersDialog close={() => setServers(false)} /></Suspense> : null}
      {searching ? <Suspense fallback={null}><SearchDialog close={() => setSearching(false)} /></Suspense> : null}
      {asking && keys ? (
        <Suspense fallback={null}>
          <KeyDialog keys={keys} asked={asked} close={() => { setAsking(false); if (back) location.assign(`/p/${back}`); }} changed={load} />
        </Suspense>
      ) : null}
    </div>
  );
}

export function ImportButton({ texts }: { texts: Texts }) {
  const [cloning, setCloning] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const input = useRef<HTMLInputElement>(null);
  // The height of the section, so that the next visit can reserve its place before the projects arrive (head.py sets
  // it).
  useEffect(() => {
    const recent = input.current?.closest<HTMLElement>(".recent");
    if (!recent) return;
    const note = new ResizeObserver(() => {
      if (recent.dataset["loaded"] === "true") remember(RECENT, `${Math.round(recent.offsetHeight)}px`);
    });
    note.observe(recent);
    return () => note.disconnect();
  }, []);
  const chosen = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (!file) return;
    setBusy(true);
    setError("");
    try {
      const title = file.name.replace(/\.zip$/i, "");
      // Some systems have no media type for zip files.
      const body = new Blob([file], { type: "application/zip" });
      const made = await json<Answer<"import_project">>(`/projects/import?title=${encodeURIComponent(title)}`, { method: "POST", body });
      location.assign(`/p/${made.project.id}`);
    } catch (reason) {
      setBusy(false);
      setError(reasonOf(reason));
    }
  };
  return (
    <>
      <button type="button" className="button" disabled={busy} onClick={() => input.current?.click()}>
        {busy ? texts["home.importing"] : texts["home.import"]}
      </button>
      <button type="button" className="button" onClick={() => setCloning(true)}>{texts["home.clone"]}</button>
      {cloning ? <Suspense fallback={null}><CloneDialog close={() => setCloning(false)} /></Suspense> : null}
      <input ref={input} type="file" accept=".zip,application/zip" hidden onChange={(event) => void chosen(event)} />
      <span className="error" role="alert">{error}</span>
    </>
  );
}
