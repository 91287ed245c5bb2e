import "$/components/tokens.css";
import "./workbench.css";
import { type ReactElement, useCallback, useEffect, useMemo, useState } from "react";
import { useParams } from "react-router";
import { type Panel, type EditorPlace, type Tab, type Wish, type Workbench as Shared, WorkbenchContext } from "./session/context";
import { Frame } from "./frame";
import { openSession, type Session } from "./session/session";
import { placeIn } from "../search/place";
import { SignsOut } from "./project_title";
import { ToastsContext, useToasts } from "./controls/toasts";
import { t } from "../client/workbench_texts";

/** The workbench of the project that the address names. */
export function Workbench({ signsOut = false }: { signsOut?: boolean }): ReactElement | null {
  const project = useParams()["project_id"] ?? "";
  const [session, setSession] = useState<Session | null>(null);
  useEffect(() => {
    if (!project) return;
    const opened = openSession(project);
    setSession(opened);
    return () => {
      opened.close();
      setSession(null);
    };
  }, [project]);
  return session && <SignsOut value={signsOut}><Opened key={session.store.api.id} session={session} /></SignsOut>;
}

function Opened({ session }: { session: Session }): ReactElement {
  const { store, preview, walks, log } = session;
  const [tab, setTab] = useState<Tab>("preview");
  const [place, setPlace] = useState<EditorPlace | null>(null);
  const [panel, setPanel] = useState<Panel>(null);
  const [recording, setRecording] = useState(false);
  const [wish, setWish] = useState<Wish | null>(null);
  const { toast, toasts, lend, lent } = useToasts();

  const attempt = useCallback((work: () => Promise<unknown>) => {
    work().catch((error: unknown) => toast({ text: error instanceof Error ? error.message : String(error), bad: true }));
  }, [toast]);
  const open = useCallback((to: EditorPlace) => {
    setPlace({ ...to });
    setTab("code");
  }, []);

  useEffect(() => {
    // A search leads to a place in a file.
    const led = placeIn(location.hash);
    if (!led) return;
    history.replaceState(history.state, "", location.pathname);
    open(led);
  }, [open]);
  useEffect(() => store.onProblem((text) => toast({ text, bad: true })), [store, toast]);
  useEffect(() => store.onConflict((path) => {
    // A person who has the code open sees the conflict above the text.
    if (tab === "code") return;
    toast({ text: t("workbench.conflict.found", { path }), action: { label: t("workbench.conflict.look"), run: () => open({ path }) } });
  }), [store, toast, tab, open]);

  const shared = useMemo<Shared>(
    () => ({ store, preview, walks, log, tab, show: setTab, open, place, panel, setPanel, recording, setRecording, wish, setWish, toast, attempt }),
    [store, preview, walks, log, tab, open, place, panel, recording, wish, toast, attempt],
  );
  return (
    <WorkbenchContext value={shared}>
      <ToastsContext value={{ toasts, lend }}>
        <Frame />
      </ToastsContext>
      {!lent && toasts}
    </WorkbenchContext>
  );
}
