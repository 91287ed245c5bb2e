import { type ReactElement, useEffect, useRef } from "react";
import { type EditorPlace, useWorkbench } from "../session/context";
import { t } from "../../client/workbench_texts";
import { type Command, offer } from "../palette/commands";
import "./monaco/abbreviations";
import { addActions, type CodePiece } from "./assist/actions";
import type { Language } from "./language/language";
import { completing } from "./monaco/completion";
import { giveHints } from "./monaco/hints";
import { languageOf } from "./monaco/languages";
import { leaveByEscape, type Way } from "./monaco/leaving";
import { Models } from "./monaco/models";
import { monaco } from "./monaco/monaco";
import type { Problem } from "./language/problem";
import type { Views } from "./use_open_files";

type CodeEditor = monaco.editor.IStandaloneCodeEditor;

const OPTIONS = {
  automaticLayout: true, minimap: { enabled: false }, fontFamily: "Geist Mono, ui-monospace, Menlo, Consolas, monospace", fontSize: 13, lineHeight: 20,
  padding: { top: 8, bottom: 8 }, scrollBeyondLastLine: false, renderLineHighlight: "line", tabSize: 2, wordBasedSuggestions: "off",
  overviewRulerLanes: 0, overviewRulerBorder: false, scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false }, fixedOverflowWidgets: true, stickyScroll: { enabled: false }, renderWhitespace: "selection",
  inlineSuggest: { enabled: true, showToolbar: "never" }, accessibilitySupport: "auto", lineNumbersMinChars: 4, bracketPairColorization: { enabled: false },
};

const MOST_SHEETS = 30;

/** What the editor can do, for the palette. */
function actionsOf(editor: CodeEditor): Command[] {
  const usable = editor.getSupportedActions().filter((one) => one.label && one.isSupported());
  return usable.map(({ id, label }) => ({
    label,
    // Monaco is not published in Portuguese.
    language: "en",
    run: () => {
      editor.focus();
      editor.trigger("palette", id, null);
    },
  }));
}

interface Props {
  path: string;
  /** Why it cannot be typed in, a sentence; "" where it can. */
  locked: string;
  writing: boolean;
  place: EditorPlace | null;
  moved: (line: number, column: number) => void;
  /** Another text to compare the file with; null: none. */
  beside: string | null;
  completes: boolean;
  /** Why nothing is suggested, a sentence: it is off from now on. */
  cannotComplete: (why: string) => void;
  act: (piece: CodePiece) => void;
  /** Where the cursor and the scroll of each file are. */
  views: Views;
  language: Language | null;
  problems: readonly Problem[];
  go: (place: EditorPlace) => void;
  /** The keyboard's way out of the editor, shown to a person who came in by keyboard. */
  tellWay: (way: Way) => void;
}

/** The one editor of the pane; each file brings its own model, position and undo stack. */
export function Editor({ path, locked, writing, place, moved, beside, completes, cannotComplete, act, tellWay, views, language, problems, go }: Props): ReactElement {
  const { store } = useWorkbench();
  const box = useRef<HTMLDivElement>(null);
  const comparison = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const models = useRef<Models | null>(null);

  useEffect(() => {
    if (!box.current) return;
    const made = monaco.editor.create(box.current, OPTIONS);
    const all = new Models(store);
    editor.current = made;
    models.current = all;
    made.onDidChangeCursorPosition(({ position }) => moved(position.lineNumber, position.column));
    const stay = leaveByEscape(made, box.current, tellWay);
    const actions = addActions(made, act);
    const withdraw = offer(() => (made.getModel() ? actionsOf(made) : []));
    // Measured again with the right font, which comes with the editor: otherwise the cursor would stand beside the
    // letters.
    void document.fonts.load("13px 'Geist Mono'").catch(() => []).then(() => monaco.editor.remeasureFonts());
    return () => {
      stay();
      withdraw();
      for (const action of actions) action.dispose();
      made.dispose();
      all.dispose();
      editor.current = null;
      models.current = null;
    };
  }, [store, moved, tellWay, act]);

  useEffect(() => {
    const open = editor.current;
    if (!open) return;
    open.setModel(models.current?.get(path) ?? null);
    const view = views.get(path);
    if (view) open.restoreViewState(view);
    open.updateOptions({ ariaLabel: t("workbench.code.editor", { path }) });
    const keep = (): void => {
      const state = open.getModel() && open.saveViewState();
      if (state) views.set(path, state);
    };
    views.refresh = keep;
    return () => {
      views.refresh = null;
      keep();
    };
  }, [path, views]);

  useEffect(() => models.current?.mark(problems), [problems, path]);

  useEffect(() => {
    if (!language) return;
    const textOf = (of: string): string => {
      const text = store.getState().files[of];
      return typeof text === "string" ? text : "";
    };
    const hints = giveHints(language, store.api.id, (to, line, column) => go({ path: to, line, column }), textOf);
    // Style sheets are looked at by Monaco's own worker, which knows only what it holds.
    for (const sheet of Object.keys(store.getState().files).filter((one) => /\.(?:css|scss|less)$/.test(one)).slice(0, MOST_SHEETS)) models.current?.get(sheet);
    return () => hints.dispose();
  }, [language, store, go]);

  useEffect(() => {
    // A list that opens by itself would cover what the model suggests: then it comes with Ctrl+Space only.
    editor.current?.updateOptions({ quickSuggestions: !completes });
    const end = completes ? completing(store.api.id, cannotComplete) : undefined;
    return () => end?.dispose();
  }, [completes, cannotComplete, store]);

  useEffect(() => {
    editor.current?.updateOptions({ readOnly: locked !== "", readOnlyMessage: { value: locked } });
  }, [locked, path]);

  useEffect(() => {
    if (!place || place.path !== path || place.line === undefined) return;
    editor.current?.setPosition({ lineNumber: place.line, column: place.column ?? 1 });
    editor.current?.revealLineInCenter(place.line);
    editor.current?.focus();
  }, [place, path]);

  useEffect(() => {
    const own = models.current?.get(path);
    if (beside === null || !own || !comparison.current) return;
    const both = monaco.editor.createDiffEditor(comparison.current, { ...OPTIONS, renderOverviewRuler: false });
    // Without a URI: it belongs to no file.
    const other = monaco.editor.createModel(beside, languageOf(path));
    both.setModel({ original: other, modified: own });
    both.getOriginalEditor().updateOptions({ ariaLabel: t("workbench.conflict.theirs") });
    both.getModifiedEditor().updateOptions({ ariaLabel: t("workbench.conflict.mine") });
    const stay = leaveByEscape(both.getModifiedEditor(), comparison.current, tellWay);
    return () => {
      stay();
      both.dispose();
      other.dispose();
    };
  }, [beside, path, tellWay]);

  // While the file is being written, the end stays in view as long as the person stays there.
  useEffect(() => {
    const open = editor.current;
    if (!writing || !open) return;
    const end = (): number => open.getScrollHeight() - open.getLayoutInfo().height;
    let atEnd = true;
    open.setScrollTop(end());
    const scrolled = open.onDidScrollChange((event) => {
      if (event.scrollTopChanged && !event.scrollHeightChanged) atEnd = end() - open.getScrollTop() < 60;
    });
    const stop = store.onText((piece) => {
      if (piece.path === path && atEnd) open.setScrollTop(end());
    });
    return () => {
      scrolled.dispose();
      stop();
    };
  }, [writing, path, store]);

  return (
    <>
      <div className="wb-editor" ref={box} hidden={beside !== null} />
      {beside !== null && <div className="wb-editor" ref={comparison} />}
    </>
  );
}
