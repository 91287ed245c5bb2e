import "../dialogs/panels.css";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { BesideButton } from "../controls/beside";
import { Icon } from "../controls/icons";
import { ContextMenu, type ContextMenuAt } from "../controls/context_menu";
import { Menu, type MenuItem } from "../controls/menu";
import { save } from "../controls/shortcuts";
import { activeGeneration, mayEdit } from "../store/state";
import { t as te } from "./texts/texts";
import { t } from "../../client/workbench_texts";
import type { CodePiece } from "./assist/actions";
import { ActionDialog } from "./assist/action_dialog";
import { Explanation } from "./assist/explanation";
import { BinaryFile } from "./binary_file";
import { ConflictBar } from "./conflict_bar";
import { Editor } from "./editor";
import { EditorTabs } from "./editor_tabs";
import { FileTree } from "./file_tree";
import { HistoryDialog } from "./history_dialog";
import { useFormat } from "./format/use_format";
import { useLanguage } from "./language/use_language";
import type { Way } from "./monaco/leaving";
import { SearchPanel } from "./finding/search_panel";
import { useSearchKeys } from "./finding/use_search_keys";
import { chosenFiles, droppedFiles } from "./files/dropped";
import { useFiles } from "./files/use_files";
import { close as closed, closeOthers, follow, keep, pick, renamed } from "./open_files";
import { PathDialog } from "./path_dialog";
import { ProblemCount, ProblemsPanel } from "./problems/problems_panel";
import { useProblems } from "./problems/use_problems";
import { filesOf, folderOf, nameOf } from "./files/tree";
import { useLocks } from "./locks";
import { useOpenFiles } from "./use_open_files";
import "./code.css";

type Asking = { what: "create" } | { what: "rename" | "history"; path: string } | null;

/** Whether a model suggests what comes next while somebody types: it costs, so nobody has it who did not ask for it. */
const COMPLETES_KEY = "sayso.completes";

const WAYS = { escape: "workbench.code.leave", tab: "workbench.code.leaves" } as const;

/** The file to show first when the person chose none. */
const FIRST = ["src/App.tsx", "src/App.jsx", "src/App.vue", "src/App.svelte", "src/main.tsx", "src/main.ts", "index.html"];

/** Files and editor. */
export default function CodePane(): ReactElement {
  const workbench = useWorkbench();
  const { store, place, toast } = workbench;
  const state = useProject();
  const { files, writing, before, dirty, conflicts } = state;
  const paths = [...new Set([...Object.keys(files), ...(writing === null ? [] : [writing])])].sort();
  // A deleted file that was restored counts as a file again.
  const damaged = (state.engines?.damaged ?? []).filter((path) => !(path in files));
  const generation = activeGeneration(state);
  const running = generation !== null;
  const [tabs, setTabs, views] = useOpenFiles(store.api.id, dirty);
  const { active } = tabs;
  const [selected, setSelected] = useState<string | null>(null);
  const [asking, setAsking] = useState<Asking>(null);
  /** What is looked for in all files when the search is opened; null: the files are listed. */
  const [searching, setSearching] = useState<{ text: string } | null>(null);
  const [menu, setMenu] = useState<ContextMenuAt | null>(null);
  const endMenu = useCallback(() => setMenu(null), []);
  const [panel, setPanel] = useState<"problems" | null>(null);
  const [treeShown, setTreeShown] = useState(false);
  const [position, setPosition] = useState({ line: 1, column: 1 });
  const [compared, setCompared] = useState<string | null>(null);
  const [way, setWay] = useState<Way>("");
  const [completes, setCompletes] = useState(() => localStorage.getItem(COMPLETES_KEY) === "yes");
  const [piece, setPiece] = useState<CodePiece | null>(null);
  const complete = useCallback((yes: boolean) => {
    localStorage.setItem(COMPLETES_KEY, yes ? "yes" : "no");
    setCompletes(yes);
  }, []);
  const cannotComplete = useCallback((why: string) => {
    complete(false);
    toast({ text: t("workbench.assist.off", { why }) });
  }, [complete, toast]);
  const moved = useCallback((line: number, column: number) => setPosition({ line, column }), []);

  const open = useCallback((path: string, kept = true) => {
    setTabs((open) => pick(open, path, activeGeneration(store.getState())?.id ?? null, !kept));
    setSelected(path);
    setTreeShown(false);
  }, [store, setTabs]);
  useEffect(() => {
    if (place) open(place.path, false);
  }, [place, open]);
  const newest = writing ?? generation?.files.at(-1)?.path;
  useEffect(() => {
    if (generation === null || newest === undefined || tabs.pickedIn === generation.id) return;
    setTabs((open) => follow(open, newest, generation.id));
    setSelected(newest);
  }, [generation?.id, newest, tabs.pickedIn]);
  const first = FIRST.find((path) => path in files) ?? paths[0];
  const shown = active !== null && paths.includes(active) ? active : null;
  useEffect(() => {
    if (shown === null && !place && !running && first !== undefined) open(first, false);
  }, [shown, place, running, first, open]);

  const close = (path: string): void => setTabs((open) => closed(open, path, generation?.id ?? null));
  const edits = mayEdit(state);
  const busy = shown !== null && (shown === writing || (running && before !== null && before[shown] !== files[shown]));
  const locked = edits ? (busy ? t("workbench.code.writing") : "") : t("workbench.access.only_read");
  const file = shown === null ? undefined : files[shown];
  const conflict = shown === null ? undefined : conflicts[shown];
  const comparing = conflict !== undefined && compared === shown;
  const locks = useLocks();
  useEffect(() => {
    store.openFile = shown;
    return () => {
      store.openFile = null;
    };
  }, [store, shown]);
  useSearchKeys(workbench.show, (text) => {
    setSearching({ text });
    setTreeShown(true);
  });
  const formatting = useFormat(shown);
  const language = useLanguage(store, shown);
  const problems = useProblems(language);
  const act = useFiles(paths, language, open, (from, to) => {
    setTabs((open) => renamed(open, from, to));
    setSelected(to);
  });
  const move = (from: string, to: string): void => workbench.attempt(() => act.move(from, to));
  const ofFile = (path: string): MenuItem[] => [
    ...(edits ? [{ label: t("workbench.code.rename"), run: () => setAsking({ what: "rename", path }) }] : []),
    ...(path in files && edits ? [{ label: te("editor.duplicate"), run: () => act.duplicate(path) }] : []),
    ...(path in files ? [{ label: te("editor.download"), run: () => act.save(path) }] : []),
    { label: te("editor.copy_path"), run: () => act.copyPath(path) },
    ...(edits ? locks.entries(path, !(path in files)) : []),
    ...(path in files ? [{ label: t("workbench.code.history"), run: () => setAsking({ what: "history", path }) }] : []),
    ...(edits ? [{ label: t("workbench.code.delete"), bad: true, run: () => act.remove(path) }] : []),
  ];
  const ofTab = (path: string): MenuItem[] => [
    { label: te("editor.tab.close"), run: () => close(path) },
    ...(tabs.paths.length > 1 ? [{ label: te("editor.tab.close_others"), run: () => setTabs((open) => closeOthers(open, path, generation?.id ?? null)) }] : []),
    ...(tabs.passing === path ? [{ label: te("editor.tab.keep"), run: () => setTabs((open) => keep(open, path)) }] : []),
    ...ofFile(path),
  ];
  const target = selected !== null && filesOf(selected, paths).length > 0 ? selected : shown;
  return (
    <div className="wb-code" data-tree={treeShown || shown === null} data-searching={searching !== null}>
      <div className="wb-explorer">
        <div className="wb-explorer-bar">
          <h2>{searching === null ? t("workbench.code.files") : te("editor.search")}</h2>
          <button
            type="button" className="wb-icon-button" aria-pressed={searching !== null} aria-label={te(searching === null ? "editor.search.open" : "editor.search.files")}
            title={te(searching === null ? "editor.search.open" : "editor.search.files")} onClick={() => setSearching(searching === null ? { text: "" } : null)}
          >
            <Icon name={searching === null ? "search" : "folder"} />
          </button>
          <button type="button" className="wb-icon-button" aria-label={t("workbench.code.new_file")} title={t("workbench.code.new_file")} disabled={!edits} onClick={() => setAsking({ what: "create" })}>
            <Icon name="new_file" />
          </button>
          {edits && <label className="wb-icon-button wb-upload" title={te("editor.upload")}>
            <Icon name="upload" />
            <span className="wb-sr">{te("editor.upload")}</span>
            <input
              type="file" multiple onChange={({ currentTarget }) => {
                const chosen = chosenFiles(currentTarget.files ?? new DataTransfer().files);
                currentTarget.value = "";
                workbench.attempt(() => act.upload(target === null ? "" : target in files ? folderOf(target) : `${target}/`, chosen));
              }}
            />
          </label>}
          {target !== null && edits && (
            <Menu
              label={t("workbench.code.menu", { path: target })} title={target} className="wb-icon-button"
              items={ofFile(target)}
            >
              <Icon name="dots" />
            </Menu>
          )}
        </div>
        {damaged.length > 0 && (
          <div className="wb-note wb-note-bad wb-damaged" role="alert">
            <p>{t("workbench.code.damaged")}</p>
            <ul>
              {damaged.map((path) => (
                <li key={path}><button type="button" className="wb-link" onClick={() => setAsking({ what: "history", path })}>{path}</button></li>
              ))}
            </ul>
          </div>
        )}
        {searching !== null && <SearchPanel start={searching} close={() => setSearching(null)} />}
        {searching === null && <FileTree
          paths={paths} dirty={dirty} writing={writing} locked={locks.covers} selected={selected} select={setSelected} openFile={open}
          menu={(path, at) => setMenu({ ...at, label: path, items: ofFile(path) })}
          rename={(path) => edits && setAsking({ what: "rename", path })} remove={(path) => edits && act.remove(path)}
          move={(path, folder) => edits && move(path, folder + nameOf(path))} upload={(folder, data) => edits && workbench.attempt(() => act.upload(folder, droppedFiles(data)))}
        />}
      </div>
      <div className="wb-editing">
        <EditorTabs
          paths={tabs.paths.filter((path) => paths.includes(path))} active={shown} passing={tabs.passing} dirty={dirty} open={open} close={close}
          menu={(path, at) => setMenu({ ...at, label: path, items: ofTab(path) })} keep={(path) => setTabs((open) => keep(open, path))} showTree={() => setTreeShown(!treeShown)}
        >
          <BesideButton />
          <Menu
            label={te("editor.menu")} title={te("editor.menu")} className="wb-icon-button"
            items={[
              ...(shown === null || locked ? [] : [{ label: te("editor.format"), note: "Shift+Alt+F", run: () => formatting.format(shown) }]),
              { label: te("editor.format.on_save"), toggled: formatting.onSave, run: () => formatting.setOnSave(!formatting.onSave) },
              { label: te("editor.search"), note: "Ctrl+Shift+F", run: () => setSearching({ text: "" }) },
            ]}
          >
            <Icon name="dots" />
          </Menu>
        </EditorTabs>
        {shown !== null && conflict && (
          <ConflictBar path={shown} conflict={conflict} comparing={comparing} compare={(isOn) => setCompared(isOn ? shown : null)} />
        )}
        <div className="wb-editor-box" id="wb-editor">
          {/* Kept while a picture is shown, so that the models keep their undo stacks. */}
          {tabs.paths.length > 0 && <Editor path={shown ?? ""} locked={locked} writing={shown !== null && shown === writing} place={place} moved={moved} tellWay={setWay} beside={comparing && typeof conflict.theirs === "string" ? conflict.theirs : null} completes={completes} cannotComplete={cannotComplete} act={setPiece} views={views} language={language} problems={problems} go={workbench.open} />}
          {shown !== null && file instanceof Uint8Array && <BinaryFile key={shown} path={shown} bytes={file} save={() => act.save(shown)} />}
          {shown === null && <p className="wb-binary wb-quiet">{t(paths.length ? "workbench.code.pick" : "workbench.code.pick.empty")}</p>}
        </div>
        {piece?.action === "explain" && <Explanation piece={piece} close={() => setPiece(null)} />}
        {panel === "problems" && (
          <ProblemsPanel
            problems={problems} close={() => setPanel(null)}
            go={({ path, line, column, source }) => (path in files ? workbench.open({ path, line, column }) : source === "walk" ? workbench.setPanel("walks") : workbench.show("preview"))}
          />
        )}
        <div className="wb-status">
          <span className="wb-status-grow">{locked ? t("workbench.code.writing") : way ? t(WAYS[way]) : (shown ?? "")}</span>
          <ProblemCount problems={problems} language={language} open={panel === "problems"} toggle={() => setPanel(panel === "problems" ? null : "problems")} />
          {typeof file === "string" && <span>{position.line}:{position.column}</span>}
          <label className="wb-completes" title={t("workbench.assist.completes_note")}>
            <input type="checkbox" role="switch" checked={completes} onChange={(event) => complete(event.target.checked)} />
            {t("workbench.assist.completes")}
          </label>
          <button type="button" className="wb-button wb-small" disabled={dirty.size === 0 || running} onClick={() => save(workbench)}>{t("workbench.code.save")}</button>
        </div>
      </div>
      {piece !== null && piece.action !== "explain" && <ActionDialog piece={piece} close={() => setPiece(null)} />}
      {asking?.what === "create" && (
        <PathDialog
          title={t("workbench.code.new_file")} action={t("workbench.code.create")} start={`${folderOf(target ?? "")}`}
          refusal={act.refusal} done={act.create} close={() => setAsking(null)}
        />
      )}
      {asking?.what === "rename" && (
        <PathDialog
          title={t("workbench.code.rename")} action={t("workbench.code.move")} start={asking.path}
          refusal={(path) => act.refusal(path, asking.path)} done={(to) => move(asking.path, to)} close={() => setAsking(null)}
        />
      )}
      {menu && <ContextMenu {...menu} close={endMenu} />}
      {asking?.what === "history" && <HistoryDialog path={asking.path} close={() => setAsking(null)} />}
    </div>
  );
}
