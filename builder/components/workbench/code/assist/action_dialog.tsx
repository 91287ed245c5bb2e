import { type FormEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { Dialog } from "../../controls/dialog";
import { useProject, useWorkbench } from "../../session/context";
import { reasonOf } from "../../../client/http";
import { t } from "../../../client/workbench_texts";
import { languageOf } from "../monaco/languages";
import { monaco } from "../monaco/monaco";
import { type CodePiece, testPath } from "./actions";
import { useAnswer } from "./answer";
import "./assist.css";

/** What a model would make of a piece of code, beside what it is; taken, it is one version. */
export function ActionDialog({ piece, close }: { piece: CodePiece; close: () => void }): ReactElement {
  const { store, attempt, toast } = useWorkbench();
  const { files } = useProject();
  const [instruction, setInstruction] = useState(piece.action === "custom" ? null : "");
  const { text, whole, problem, again } = useAnswer(piece, instruction);
  const target = piece.action === "test" ? testPath(piece.path) : piece.path;
  const there = files[target];
  const before = piece.action === "test" ? (typeof there === "string" ? there : "") : piece.before;
  const after = piece.action === "test" ? text : piece.before.slice(0, piece.from) + text + piece.before.slice(piece.to);
  const moved = piece.action !== "test" && there !== piece.before;
  const name = t(`workbench.assist.${piece.action}`);

  const take = (): void => attempt(async () => {
    // What was typed before is a version of its own.
    await store.save();
    store.write({ put: { [target]: after }, delete: [] });
    const version = await store.save(`${name}: ${target}`);
    if (version) toast({ text: t("workbench.saved", { number: version.number }) });
    close();
  });
  return (
    <Dialog title={`${name}: ${target}`} close={close} wide>
      {instruction === null
        ? <Asking done={setInstruction} />
        : (
          <>
            <p className={problem ? "wb-note wb-note-bad" : "wb-quiet"} role="status">
              {problem ? reasonOf(problem) : whole ? (moved ? t("workbench.assist.moved") : t("workbench.assist.look")) : t("workbench.assist.writing")}
            </p>
            {whole && <Comparison path={target} before={before} after={after} />}
            {!whole && !problem && <pre className="wb-assist-text" aria-label={name}>{text}</pre>}
            <div className="wb-dialog-foot">
              <button type="button" className="wb-button" onClick={close}>{t(whole ? "workbench.assist.leave" : "workbench.cancel")}</button>
              {(problem !== null || whole) && <button type="button" className="wb-button" onClick={again}>{t("workbench.try_again")}</button>}
              <button type="button" className="wb-button wb-primary" disabled={!whole || moved || after === before} onClick={take}>{t("workbench.assist.take")}</button>
            </div>
          </>
        )}
    </Dialog>
  );
}

function Asking({ done }: { done: (instruction: string) => void }): ReactElement {
  const [typed, setTyped] = useState("");
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.trim()) done(typed);
  };
  return (
    <form onSubmit={send}>
      <label className="wb-assist-ask">
        {t("workbench.assist.what")}
        <textarea rows={3} maxLength={2_000} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
      </label>
      <div className="wb-dialog-foot">
        <button type="submit" className="wb-button wb-primary" disabled={!typed.trim()}>{t("workbench.assist.ask")}</button>
      </div>
    </form>
  );
}

function Comparison({ path, before, after }: { path: string; before: string; after: string }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const both = monaco.editor.createDiffEditor(box.current, {
      automaticLayout: true, readOnly: true, renderOverviewRuler: false, minimap: { enabled: false }, fontSize: 13, lineHeight: 20,
      fontFamily: "Geist Mono, ui-monospace, Menlo, Consolas, monospace", scrollBeyondLastLine: false, hideUnchangedRegions: { enabled: true },
      // Tab goes on to the buttons.
      tabFocusMode: true,
    });
    const language = languageOf(path);
    const [original, modified] = [monaco.editor.createModel(before, language), monaco.editor.createModel(after, language)];
    both.setModel({ original, modified });
    both.getOriginalEditor().updateOptions({ ariaLabel: t("workbench.assist.before") });
    both.getModifiedEditor().updateOptions({ ariaLabel: t("workbench.assist.after") });
    return () => {
      both.dispose();
      original.dispose();
      modified.dispose();
    };
  }, [path, before, after]);
  return <div className="wb-assist-diff" ref={box} />;
}
