import { type CSSProperties, lazy, type ReactElement, Suspense, useEffect, useState } from "react";
import { undelete } from "./store/api";
import { isFinished } from "./store/turns";
import { AccessNote } from "./access_note";
import { BottomBar } from "./bottom_bar";
import { ChatPane } from "./chat/chat_pane";
import { useProject, useTabs, useWorkbench } from "./session/context";
import { PaneBoundary } from "./controls/pane_boundary";
import { PreviewPane } from "./preview/preview_pane";
import { useBeside } from "./controls/beside";
import { BESIDE, CHAT, Separator, useWidth } from "./controls/separator";
import { dropEarlyFrame } from "./session/frame/early_frame";
import { useShortcuts } from "./controls/shortcuts";
import { persistently } from "../client/http";
import { t } from "../client/workbench_texts";
import { TopBar } from "./top_bar";

const CodePane = lazy(() => persistently(() => import("./code/code_pane")));
const LogsPane = lazy(() => persistently(() => import("./logs/logs_pane")));
const TerminalPane = lazy(() => persistently(() => import("./terminal/terminal_pane")));
const Panels = lazy(() => persistently(() => import("./dialogs/panels")));

/** The bar, the chat, and three panes of which one is visible. Below 900 px the chat is a pane like the others. */
export function Frame(): ReactElement {
  const { store, tab, panel, show, place, wish } = useWorkbench();
  const hasTerminal = useTabs().includes("terminal");
  const { load, problem, connection, project } = useProject();
  const [chosen, setChatShown] = useState<boolean | null>(null);
  const chatShown = chosen ?? true;
  const [codeOpened, setCodeOpened] = useState(false);
  const [terminalOpened, setTerminalOpened] = useState(false);
  const [width, setWidth] = useWidth(CHAT);
  const [previewWidth, setPreviewWidth] = useWidth(BESIDE);
  const beside = useBeside() && tab === "code";
  useShortcuts();
  useEffect(() => {
    if (tab === "code") setCodeOpened(true);
    if (tab === "terminal") setTerminalOpened(true);
  }, [tab]);
  useEffect(() => {
    if (tab === "terminal" && !hasTerminal) show("preview");
  }, [tab, hasTerminal, show]);
  useEffect(() => {
    // On a narrow page a finished app is seen first, unless the person was quicker.
    const seen = () => matchMedia("(min-width: 900px)").matches || !isFinished(store.getState());
    if (load === "ready") setChatShown((chosen) => chosen ?? seen());
  }, [store, load]);
  // On a narrow page the field for the next request is seen.
  useEffect(() => {
    if (wish) setChatShown(true);
  }, [wish]);
  useEffect(() => {
    // On a small screen the chat would cover what it, or a search, leads to.
    if (place) setChatShown(false);
  }, [place]);
  useEffect(() => {
    if (project) document.title = `${project.title} · Sayso`;
  }, [project]);

  const absent = load === "missing" || load === "failed" || load === "deleted";
  useEffect(() => {
    if (absent) dropEarlyFrame();
  }, [absent]);
  if (load === "missing" || load === "failed") return <NotHere missing={load === "missing"} problem={problem} />;
  if (load === "deleted") return <Deleted title={project?.title ?? ""} />;
  return (
    <div className="wb" data-load={load} data-tab={tab} data-chat={chatShown} data-beside={beside} style={{ "--chat": `${width}px`, "--beside": `${previewWidth}px` } as CSSProperties}>
      <div className="wb-head">
        <TopBar />
        <AccessNote />
      </div>
      <main className="wb-main">
        <ChatPane />
        <Separator label={t("workbench.chat.width")} range={CHAT} width={width} setWidth={setWidth} />
        <div className="wb-panes">
          <section className="wb-pane" id="wb-preview" role="tabpanel" aria-label={t("workbench.tab.preview")} data-shown={tab === "preview" || beside}>
            <PreviewPane />
          </section>
          <section className="wb-pane" id="wb-code" role="tabpanel" aria-label={t("workbench.tab.code")} data-shown={tab === "code"}>
            {codeOpened && (
              <PaneBoundary>
                <Suspense fallback={<p className="wb-quiet wb-late">{t("workbench.code.loading")}</p>}>
                  <CodePane />
                </Suspense>
              </PaneBoundary>
            )}
          </section>
          {beside && <Separator label={t("workbench.beside.width")} range={BESIDE} width={previewWidth} setWidth={setPreviewWidth} right />}
          <section className="wb-pane" id="wb-logs" role="tabpanel" aria-label={t("workbench.tab.logs")} data-shown={tab === "logs"}>
            {tab === "logs" && (
              <PaneBoundary>
                <Suspense fallback={null}>
                  <LogsPane />
                </Suspense>
              </PaneBoundary>
            )}
          </section>
          {hasTerminal && (
            <section className="wb-pane" id="wb-terminal" role="tabpanel" aria-label={t("workbench.tab.terminal")} data-shown={tab === "terminal"}>
              {terminalOpened && (
                <PaneBoundary>
                  <Suspense fallback={<p className="wb-quiet wb-late">{t("workbench.terminal.loading")}</p>}>
                    <TerminalPane />
                  </Suspense>
                </PaneBoundary>
              )}
            </section>
          )}
        </div>
      </main>
      <BottomBar chatShown={chatShown} setChatShown={setChatShown} />
      {connection === "lost" && <p className="wb-connection" role="status">{t("workbench.reconnecting")}</p>}
      {panel && (
        <Suspense fallback={null}>
          <Panels panel={panel} />
        </Suspense>
      )}
    </div>
  );
}

function NotHere({ missing, problem }: { missing: boolean; problem: string }): ReactElement {
  return (
    <main className="wb-not-here">
      <h1>{t(missing ? "workbench.missing.title" : "workbench.failed.title")}</h1>
      <p>{missing ? t("workbench.missing.text") : problem}</p>
      <p className="wb-row">
        {!missing && <button type="button" className="wb-button" onClick={() => location.reload()}>{t("workbench.try_again")}</button>}
        <a className="wb-button" href="/">{t("workbench.to_projects")}</a>
      </p>
    </main>
  );
}

function Deleted({ title }: { title: string }): ReactElement {
  const { store, attempt } = useWorkbench();
  const undo = async (): Promise<void> => {
    await undelete(store.api.id);
    store.gone(false);
  };
  return (
    <main className="wb-not-here">
      <h1>{t("workbench.deleted.title", { title })}</h1>
      <p>{t("workbench.deleted.text")}</p>
      <p className="wb-row">
        <button type="button" className="wb-button wb-primary" autoFocus onClick={() => attempt(undo)}>{t("workbench.undo_delete")}</button>
        <a className="wb-button" href="/">{t("workbench.to_projects")}</a>
      </p>
    </main>
  );
}
