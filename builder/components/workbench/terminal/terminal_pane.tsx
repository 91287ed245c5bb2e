import "./terminal.css";
import { type KeyboardEvent, type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../client/http";
import { useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import { MOST_TYPED, TerminalApi, type TerminalShape } from "./api";
import type { LinkState } from "./link";
import { Notice } from "./notice";
import { type Handle, TerminalScreen } from "./screen";
import { startApp } from "./start";
import { TerminalTabs } from "./terminal_tabs";
import { t } from "../../client/terminal_texts";

const READER_KEY = "sayso.terminal.reader";
const MAC = navigator.platform.startsWith("Mac");
/** Keys that a phone's keyboard lacks. */
const KEYS = [
  ["escape", "\x1b"], ["tab", "\t"], ["interrupt", "\x03"], ["up", "\x1b[A"], ["down", "\x1b[B"], ["left", "\x1b[D"], ["right", "\x1b[C"],
] as const;

type Trouble = { is: "not_running" } | { is: "failed"; message: string } | null;

/** The project's terminals: command lines inside the running app. */
export default function TerminalPane(): ReactElement {
  const { store, toast, attempt, setPanel } = useWorkbench();
  const api = useMemo(() => new TerminalApi(store.api.id), [store]);
  const [terminals, setTerminals] = useState<TerminalShape[] | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const [link, setLink] = useState<LinkState>({ is: "connecting" });
  const [trouble, setTrouble] = useState<Trouble>(null);
  const [busy, setBusy] = useState("");
  const [reader, setReader] = useState(() => localStorage.getItem(READER_KEY) === "yes");
  const handle = useRef<Handle | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const begun = useRef(false);
  const wanted = useRef(false);
  const shown = terminals?.find((one) => one.id === active) ?? null;

  /** `eager`: the person asked for this terminal, so it takes the focus at once. */
  const pick = useCallback((id: string | null, eager = false) => {
    wanted.current = eager;
    setLink({ is: "connecting" });
    setActive(id);
  }, []);
  const open = useCallback(async (instead: string | null = null, eager = true): Promise<void> => {
    setBusy(t("terminal.loading"));
    try {
      const made = await api.open(80, 24).catch(async (error: unknown) => {
        // Wait for an app that is starting. If the person asks again (`instead`), start the app.
        if (!(error instanceof ApiError) || error.code !== "not_running") throw error;
        if (instead === null && (await store.api.serverState()).status !== "pending") throw error;
        setBusy(t("terminal.starting"));
        await startApp(store, t("terminal.start.failed"), setBusy);
        return await api.open(80, 24);
      });
      setTerminals((all) => [...(all ?? []).filter((one) => one.id !== instead), made].sort((a, b) => a.number - b.number));
      setTrouble(null);
      pick(made.id, eager);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (active !== null) toast({ text: message, bad: true });
      else if (error instanceof ApiError && error.code === "not_running") setTrouble({ is: "not_running" });
      else setTrouble({ is: "failed", message });
    } finally {
      setBusy("");
    }
  }, [active, api, pick, store, toast]);

  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    api.list().then(async (found) => {
      setTerminals(found);
      if (found[0]) pick(found[0].id);
      else await open(null, false);
    }).catch((error: unknown) => {
      setTerminals([]);
      setTrouble({ is: "failed", message: error instanceof Error ? error.message : String(error) });
    });
  }, [api, open, pick]);

  const start = async (): Promise<void> => {
    setBusy(t("terminal.starting"));
    try {
      await startApp(store, t("terminal.start.failed"), setBusy);
    } finally {
      setBusy("");
    }
  };
  const begin = (): void => {
    start().then(() => open(), (error: unknown) => setTrouble({ is: "failed", message: error instanceof Error ? error.message : String(error) }));
  };
  const close = (id: string): void => attempt(async () => {
    await api.close(id);
    const left = (terminals ?? []).filter((one) => one.id !== id);
    setTerminals(left);
    if (id === active) pick(left[0]?.id ?? null);
  });
  const copy = (text: string): void => attempt(async () => {
    if (text) await navigator.clipboard.writeText(text);
    toast({ text: t(text ? "terminal.copied" : "terminal.copy.nothing") });
    handle.current?.focus();
  });
  const paste = (): void => attempt(async () => {
    const text = await navigator.clipboard.readText().catch(() => null);
    if (text === null) toast({ text: t("terminal.paste.blocked"), bad: true });
    else handle.current?.paste(text);
    handle.current?.focus();
  });
  const leave = (): void => box.current?.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.target as HTMLElement).matches("[role=tab]")) return;
    event.preventDefault();
    handle.current?.focus();
  };

  const empty = terminals !== null && shown === null;
  return (
    <div className="wb-terminal" ref={box} onKeyDown={enter}>
      <div className="wb-toolbar wb-terminal-bar">
        <TerminalTabs terminals={terminals ?? []} active={active} pick={pick} close={close} />
        <button
          type="button" className="wb-icon-button" aria-label={t("terminal.new")} title={t("terminal.new")}
          disabled={busy !== "" || terminals === null} onClick={() => void open()}
        >
          <Icon name="plus" />
        </button>
        <span className="wb-terminal-grow" />
        <button type="button" className="wb-icon-button" aria-label={t("terminal.copy")} title={t("terminal.copy")} disabled={!shown} onClick={() => copy(handle.current?.selection() ?? "")}>
          <Icon name="copy" />
        </button>
        <button type="button" className="wb-icon-button" aria-label={t("terminal.paste")} title={t("terminal.paste")} disabled={!shown} onClick={paste}>
          <Icon name="paste" />
        </button>
        <button type="button" className="wb-button wb-small" title={t("changes.title")} onClick={() => setPanel("changes")}>
          <Icon name="bring" />
          {t("changes.button")}
        </button>
      </div>
      <div className="wb-terminal-box" id="wb-terminal-one" role="tabpanel" aria-label={shown ? t("terminal.one", { number: shown.number }) : t("terminal.tabs")}>
        {shown && (
          <TerminalScreen
            key={shown.id} api={api} id={shown.id} number={shown.number} reader={reader} eager={wanted} handle={handle} leave={leave} copy={copy}
            refused={() => toast({ text: t("terminal.refused", { kilobytes: MOST_TYPED / 1024 }), bad: true })} state={setLink}
          />
        )}
        {shown && <LinkNotice
          link={link} busy={busy} wake={() => attempt(() => start().then(() => handle.current?.focus()))}
          again={() => attempt(() => open(shown.id))}
        />}
        {empty && trouble === null && (busy
          ? <p className="wb-quiet wb-late">{busy}</p>
          : <Notice title={t("terminal.closed.title")} text={t("terminal.closed.text")} action={t("terminal.open")} run={() => void open()} />)}
        {empty && trouble !== null && (
          <Notice
            title={t(trouble.is === "failed" ? "terminal.failed.title" : "terminal.none.title")}
            text={busy || (trouble.is === "failed" ? trouble.message : t("terminal.none.text"))}
            action={t("terminal.start")} busy={busy !== ""} run={begin}
          />
        )}
      </div>
      <div className="wb-terminal-keys" role="toolbar" aria-label={t("terminal.keys")}>
        {KEYS.map(([name, keys]) => (
          <button key={name} type="button" className="wb-button wb-small" disabled={link.is !== "open"} onClick={() => handle.current?.press(keys)}>
            {ARROWS[name] ? <span aria-label={t(`terminal.key.${name}`)} role="img">{ARROWS[name]}</span> : t(`terminal.key.${name}`)}
          </button>
        ))}
      </div>
      <div className="wb-status wb-terminal-help">
        <span>{t("terminal.help")}</span>
        <span aria-hidden="true">·</span>
        <span>{t(MAC ? "terminal.help.copy_mac" : "terminal.help.copy")}</span>
        <span className="wb-terminal-grow" />
        <label title={t("terminal.reader.title")}>
          <input
            type="checkbox" checked={reader}
            onChange={({ currentTarget: { checked } }) => {
              setReader(checked);
              localStorage.setItem(READER_KEY, checked ? "yes" : "no");
            }}
          />
          {t("terminal.reader")}
        </label>
      </div>
    </div>
  );
}

const ARROWS: Record<string, string> = { up: "↑", down: "↓", left: "←", right: "→" };

interface LinkProps {
  link: LinkState;
  busy: string;
  wake: () => void;
  again: () => void;
}

/** The message about a terminal that does not answer, with the one action against it. */
function LinkNotice({ link, busy, wake, again }: LinkProps): ReactElement | null {
  switch (link.is) {
    case "lost":
      return <p className="wb-terminal-note" role="status" data-late="true">{t("terminal.lost")}</p>;
    case "asleep":
      return (
        <p className="wb-terminal-note" role="status">
          {busy || t("terminal.asleep")}
          <button type="button" className="wb-button wb-small wb-primary" disabled={busy !== ""} onClick={wake}>{t("terminal.wake")}</button>
        </p>
      );
    case "ended":
    case "gone": {
      const running = link.is === "ended" && link.running;
      const code = link.is === "ended" && link.code;
      const said = link.is === "gone" ? t("terminal.ended.gone") : !running ? t("terminal.ended.stopped")
        : code ? t("terminal.ended.code", { code }) : t("terminal.ended");
      return (
        <p className="wb-terminal-note" role="status">
          {busy || said}
          <button type="button" className="wb-button wb-small wb-primary" disabled={busy !== ""} onClick={again}>{t("terminal.again")}</button>
        </p>
      );
    }
    default:
      return null;
  }
}
