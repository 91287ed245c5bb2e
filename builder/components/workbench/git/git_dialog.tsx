import { type FormEvent, type ReactElement, useCallback, useEffect, useRef, useState } from "react";
import "./git.css";
import { ApiError, json, reasonOf } from "../../client/http";
import type { Answer, Body } from "../../client/types";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { useWorkbench } from "../session/context";
import { RemoteForm } from "./remote_form";
import { t } from "./texts";

type State = Answer<"look_at_git">;
type Doing = "" | "make" | "look" | "pull" | "push" | "take";

/** The project as a repository: where it is cloned, and the repository elsewhere that it goes with. */
export function GitDialog(): ReactElement {
  const { store, setPanel, attempt, toast } = useWorkbench();
  const root = `/projects/${store.api.id}/git`;
  const [view, setView] = useState<Answer<"get_git"> | null>(null);
  const [state, setState] = useState<State | null>(null);
  const [doing, setDoing] = useState<Doing>("");
  const [changing, setChanging] = useState(false);
  const [fault, setFault] = useState("");
  /** Nothing is at the address, as far as the token sees. */
  const [absent, setAbsent] = useState(false);
  const [leftOut, setLeftOut] = useState<string[]>([]);
  const heading = useRef<HTMLHeadingElement>(null);

  const run = useCallback(async (name: Doing, work: () => Promise<void>): Promise<void> => {
    setDoing(name);
    setFault("");
    setAbsent(false);
    try {
      await store.flush();
      await work();
    } catch (reason) {
      if (reason instanceof ApiError && reason.code === "secrets_found") setPanel("scan");
      else setFault(reasonOf(reason));
      setAbsent(reason instanceof ApiError && reason.code === "git_not_found");
    }
    setDoing("");
  }, [store, setPanel]);
  const look = useCallback(
    () => run("look", async () => setState(await json<State>(`${root}/look`, { method: "POST" }))), [root, run],
  );
  const read = useCallback(async (): Promise<void> => {
    try {
      const found = await json<Answer<"get_git">>(root);
      setView(found);
      if (found.remote) await look();
    } catch (reason) {
      setFault(reasonOf(reason));
    }
  }, [root, look]);
  useEffect(() => void read(), [read]);

  const post = <T,>(call: string, body: object = {}): Promise<T> => json<T>(`${root}/${call}`, { method: "POST", body });
  const came = (pulled: Answer<"pull_git">): void => {
    setLeftOut(pulled.left_out);
    toast({ text: t("repository.pulled", { count: pulled.versions }) });
  };
  const pull = (): Promise<void> => run("pull", async () => {
    came(await post("pull"));
    setState(await post("look"));
  });
  const push = (): Promise<void> => run("push", async () => {
    const pushed = await post<State>("push");
    setState(pushed);
    toast({ text: t("repository.pushed", { branch: pushed.branch }) });
  });
  const make = (): Promise<void> => run("make", async () => {
    setState(await post("repository"));
    toast({ text: t("repository.made") });
  });
  const take = (branch: string): Promise<void> => run("take", async () => {
    came(await post("take", { branch }));
    setState(await post("look"));
  });
  const set = async (wanted: Body<"set_git">): Promise<void> => {
    await json(root, { method: "PUT", body: wanted });
    setChanging(false);
    setState(null);
    await read();
    heading.current?.focus();
  };
  const forget = (): Promise<void> => run("", async () => {
    await json(root, { method: "DELETE" });
    setState(null);
    setView(view && { ...view, remote: null });
    toast({ text: t("repository.forgotten") });
  });

  const remote = view?.remote ?? null;
  return (
    <Dialog title={t("repository.title")} close={() => setPanel(null)} wide>
      {!view && !fault && <p className="wb-late" role="status">{t("repository.loading")}</p>}
      {view && (
        <section className="wb-git" aria-label={t("repository.clone")}>
          <h3>{t("repository.clone")}</h3>
          <div className="wb-git-row">
            <input readOnly value={view.clone_url} aria-label={t("repository.url")} onFocus={(event) => event.currentTarget.select()} />
            <button
              type="button" className="wb-icon-button" aria-label={t("repository.copy")} title={t("repository.copy")}
              onClick={() => attempt(async () => {
                await navigator.clipboard.writeText(view.clone_url);
                toast({ text: t("repository.copied") });
              })}
            >
              <Icon name="copy" />
            </button>
          </div>
          <p className="wb-quiet">{t("repository.clone_text")}</p>
          <h3 ref={heading} tabIndex={-1}>{t("repository.elsewhere")}</h3>
          {!remote && <p className="wb-quiet">{t("repository.none")}</p>}
          {(!remote || changing) && <RemoteForm remote={remote} set={set} cancel={remote ? () => setChanging(false) : undefined} label={t("repository.connect")} busy={t("repository.connecting")} />}
          {remote && !changing && (
            <div className="wb-git-row">
              <span className="wb-mono">{remote.url}</span>
              <button type="button" className="wb-button wb-small" disabled={doing !== ""} onClick={() => setChanging(true)}>{t("repository.change")}</button>
              <button type="button" className="wb-button wb-small" disabled={doing !== ""} onClick={() => void forget()}>{t("repository.forget")}</button>
            </div>
          )}
        </section>
      )}
      {fault && <p className="wb-note wb-note-bad" role="alert">{fault}</p>}
      {remote && !changing && (
        <>
          <p role="status">{doing === "make" ? t("repository.making") : doing === "look" ? t("repository.looking") : state && said(state)}</p>
          {absent && remote.has_token && (
            <button type="button" className="wb-button wb-primary" disabled={doing !== ""} onClick={() => void make()}>{t("repository.make")}</button>
          )}
          {leftOut.length > 0 && <LeftOut paths={leftOut} />}
          {state && state.ahead > 0 && state.behind > 0
            ? <Diverged busy={doing !== ""} take={take} />
            : (
              <div className="wb-dialog-foot">
                <button type="button" className="wb-button" disabled={doing !== ""} onClick={() => void look()}>{t("repository.look")}</button>
                <button type="button" className="wb-button" disabled={doing !== "" || !state?.behind} onClick={() => void pull()}>
                  {t(doing === "pull" ? "repository.pulling" : "repository.pull")}
                </button>
                <button type="button" className="wb-button wb-primary" disabled={doing !== "" || !state?.ahead} onClick={() => void push()}>
                  {t(doing === "push" ? "repository.pushing" : "repository.push")}
                </button>
              </div>
            )}
        </>
      )}
    </Dialog>
  );
}

function said(state: State): string {
  const parts = [
    state.there ? "" : t("repository.new_branch", { branch: state.branch }),
    state.ahead > 0 ? t("repository.ahead", { count: state.ahead }) : "",
    state.behind > 0 ? t("repository.behind", { count: state.behind }) : "",
  ].filter(Boolean);
  return parts.join(" ") || t("repository.same");
}

function Diverged({ busy, take }: { busy: boolean; take: (branch: string) => Promise<void> }): ReactElement {
  const [branch, setBranch] = useState("from-sayso");
  return (
    <form
      className="wb-git-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void take(branch.trim());
      }}
    >
      <p>{t("repository.diverged")}</p>
      <label className="wb-field">
        {t("repository.own_branch")}
        <input value={branch} required maxLength={100} spellCheck={false} autoCapitalize="none" autoComplete="off" onChange={(event) => setBranch(event.target.value)} />
      </label>
      <div className="wb-dialog-foot">
        <button type="submit" className="wb-button wb-primary" disabled={busy}>{t(busy ? "repository.pulling" : "repository.take")}</button>
      </div>
    </form>
  );
}

function LeftOut({ paths }: { paths: readonly string[] }): ReactElement {
  return (
    <details className="wb-git-left">
      <summary>{t("repository.left_out", { count: paths.length })}</summary>
      <ul>{paths.slice(0, 100).map((path) => <li key={path} className="wb-mono">{path}</li>)}</ul>
    </details>
  );
}
