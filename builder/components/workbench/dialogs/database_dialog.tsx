import { type ReactElement, useEffect, useRef, useState } from "react";
import { usePreview, useWorkbench } from "../session/context";
import { DatabaseContent } from "./database_content";
import { type Looked, StoredFiles } from "../stored/stored_files";
import { TableRows } from "../stored/table_rows";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { Sure } from "../controls/sure";
import { when } from "../../client/times";
import { bytes, t } from "../../client/workbench_texts";
import type { DatabaseCopy, DatabaseMode, DatabaseView } from "../../client/types";

const MODES: readonly DatabaseMode[] = ["auto", "on", "off"];

/** The question asked before data is replaced. */
interface Question {
  text: string;
  yes: string;
  doing: string;
  done: string;
  work: () => Promise<DatabaseView>;
}

/** The project's database: its content, export and import, and whether the project has a database at all. */
export function DatabaseDialog(): ReactElement {
  const { store, preview, setPanel, toast } = useWorkbench();
  const { kind } = usePreview();
  const [view, setView] = useState<DatabaseView | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [doing, setDoing] = useState("");
  const [refusal, setRefusal] = useState("");
  const [looked, setLooked] = useState<Looked | null>(null);
  const [came, setCame] = useState<Looked | null>(null);
  const file = useRef<HTMLInputElement>(null);

  const run = async (work: () => Promise<DatabaseView>, saying: string, done = ""): Promise<void> => {
    setQuestion(null);
    setRefusal("");
    setDoing(saying);
    try {
      setView(await work());
      if (done) toast({ text: done });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setDoing("");
    }
  };
  const busy = doing !== "";
  // The button that was pressed last disappears with the question: the buttons that replace it get the focus.
  const foot = useRef<HTMLDivElement>(null);
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current && !question && !doing) {
      asked.current = false;
      foot.current?.querySelector<HTMLElement>("button, a")?.focus();
    } else if (question) asked.current = true;
  }, [question, doing]);
  useEffect(() => void run(() => store.api.database(), t("workbench.database.loading")), [store]);

  const change = (mode: DatabaseMode): void => {
    if (busy) return;
    void run(async () => {
      const changed = await store.api.switchDatabase(mode);
      preview.restart(kind);
      return changed;
    }, t("workbench.database.loading"));
  };
  const chosen = (dump: File): void => setQuestion({
    text: t("workbench.database.restore.sure", { name: dump.name }),
    yes: t("workbench.database.restore.yes"),
    doing: t("workbench.database.restoring"),
    done: t("workbench.database.restored"),
    work: () => store.api.restoreDatabase(new Blob([dump])),
  });
  const back = (copy: DatabaseCopy): void => setQuestion({
    text: t("workbench.database.copy.sure", { when: when(copy.made_at) }),
    yes: t("workbench.database.restore.yes"),
    doing: t("workbench.database.restoring"),
    done: t("workbench.database.restored"),
    work: () => store.api.restoreDatabaseCopy(copy.id),
  });
  const empty = (): void => setQuestion({
    text: t("workbench.database.reset.sure"),
    yes: t("workbench.database.reset.yes"),
    doing: t("workbench.database.emptying"),
    done: t("workbench.database.emptied"),
    work: () => store.api.emptyDatabase(),
  });
  const there = view !== null && view.status !== "absent";
  const able = view !== null && view.why_not === null && (there || view.wanted);
  return (
    <Dialog title={t("workbench.database.title")} close={() => setPanel(null)} wide>
      <p className="wb-database-doing wb-quiet" role="status">{doing}</p>
      {refusal && <p className="wb-note wb-note-bad" role="alert">{refusal}</p>}
      {looked && <TableRows looked={looked} back={() => { setCame(looked); setLooked(null); }} />}
      {view && !looked && (
        <>
          <DatabaseContent view={view} />
          <StoredFiles open={setLooked} came={came} />
          {/* Not disabled meanwhile: the button that was just pressed would lose the focus. */}
          <fieldset className="wb-database-mode" aria-disabled={busy}>
            <legend>{t("workbench.database.mode")}</legend>
            {MODES.map((mode) => (
              <label key={mode}>
                <input type="radio" name="database" value={mode} checked={view.mode === mode} onChange={() => change(mode)} />
                {t(`workbench.database.mode.${mode}`)}
              </label>
            ))}
            <small className="wb-quiet">{t("workbench.database.mode.note")}</small>
          </fieldset>
          {view.copies.length > 0 && <Copies copies={view.copies} busy={busy || !able} back={back} />}
          {question ? (
            <Sure text={question.text} keep={t("workbench.database.cancel")} no={() => setQuestion(null)}>
              <button type="button" className="wb-button wb-bad" onClick={() => void run(question.work, question.doing, question.done)}>{question.yes}</button>
            </Sure>
          ) : (
            <div className="wb-dialog-foot" ref={foot}>
              {there && (
                <button type="button" className="wb-button wb-database-empty" disabled={busy} onClick={empty}>
                  {t("workbench.database.reset")}
                </button>
              )}
              {able && (
                <>
                  <input
                    ref={file} type="file" hidden accept=".dump,.backup,application/octet-stream"
                    onChange={(event) => {
                      const [dump] = event.currentTarget.files ?? [];
                      if (dump) chosen(dump);
                      event.currentTarget.value = "";
                    }}
                  />
                  <button type="button" className="wb-button" disabled={busy} onClick={() => file.current?.click()}>
                    {t("workbench.database.restore")}
                  </button>
                </>
              )}
              {there && <a className="wb-button wb-primary" href={store.api.dumpUrl()} download>{t("workbench.database.download")}</a>}
            </div>
          )}
        </>
      )}
    </Dialog>
  );
}

function Copies({ copies, busy, back }: { copies: DatabaseCopy[]; busy: boolean; back: (copy: DatabaseCopy) => void }): ReactElement {
  const { store } = useWorkbench();
  return (
    <section aria-label={t("workbench.database.copies")}>
      <h3>{t("workbench.database.copies")}</h3>
      <ul className="wb-database-copies">
        {copies.map((copy) => (
          <li key={copy.id}>
            <span>
              {t(`workbench.database.copy.${copy.reason}`)}
              <small>{when(copy.made_at)} · {bytes(copy.size)}</small>
            </span>
            <a
              className="wb-icon-button" href={store.api.dumpUrl(copy.id)} download
              aria-label={t("workbench.database.copy.download_one", { when: when(copy.made_at) })} title={t("workbench.database.download")}
            >
              <Icon name="bring" />
            </a>
            <button
              type="button" className="wb-button wb-small" disabled={busy} onClick={() => back(copy)}
              aria-label={t("workbench.database.copy.back_one", { when: when(copy.made_at) })}
            >
              {t("workbench.database.copy.back")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
