import "../dialogs/panels.css";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { alike } from "../store/files";
import { Icon } from "../controls/icons";
import { Menu } from "../controls/menu";
import { save } from "../controls/shortcuts";
import { activeGeneration, mayEdit } from "../store/state";
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
import type { Way } from "./monaco/leaving";
import { close as closed, follow, NONE_OPEN, pick, renamed } from "./open_files";
import { PathDialog } from "./path_dialog";
import { filesOf, folderOf, nameOf } from "./tree";
import { useLocks } from "./locks";
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
  const [tabs, setTabs] = useState(NONE_OPEN);
  const { active } = tabs;
  const [selected, setSelected] = useState<string | null>(null);
  const [asking, setAsking] = useState<Asking>(null);
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

  const open = useCallback((path: string) => {
    setTabs((open) => pick(open, path, activeGeneration(store.getState())?.id ?? null));
    setSelected(path);
    setTreeShown(false);
  }, [store]);
  useEffect(() => {
    if (place) open(place.path);
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
    if (shown === null && !place && !running && first !== undefined) open(first);
  }, [shown, place, running, first, open]);

  const close = (path: string): void => setTabs((open) => closed(open, path, generation?.id ?? null));
  /** Why `to` cannot be the path of a new file, or the new path of the files at `from`; "" when it can. */
  const refusal = (to: string, from: string | null = null): string => {
    if (to === from) return "";
    const gone = from === null ? [] : filesOf(from, paths);
    const others = paths.filter((path) => !gone.includes(path));
    if (filesOf(to, others).length > 0) return t("workbench.code.path.taken");
    const targets = from === null ? [to] : gone.map((path) => to + path.slice(from.length));
    const other = targets.map((path) => alike(path, others)).find((found) => found !== null);
    return other == null ? "" : t("workbench.code.path.alike", { path: other });
  };
  const create = (path: string): void => {
    store.write({ put: { [path]: "" }, delete: [] });
    open(path);
  };
  /** `from` is a file or a folder. */
  const move = (from: string, to: string): void => {
    const reason = refusal(to, from);
    if (reason) toast({ text: reason, bad: true });
    if (reason || from === to) return;
    for (const path of filesOf(from, paths)) {
      const target = to + path.slice(from.length);
      store.rename(path, target);
      setTabs((open) => renamed(open, path, target));
    }
    setSelected(to);
    toast({ text: t("workbench.code.moved", { path: to }) });
  };
  const remove = (path: string): void => {
    const gone = filesOf(path, paths).flatMap((one) => (files[one] === undefined ? [] : [[one, files[one]] as const]));
    store.write({ put: {}, delete: gone.map(([one]) => one) });
    toast({
      text: t("workbench.code.deleted", { path }),
      action: { label: t("workbench.code.undo"), run: () => store.write({ put: Object.fromEntries(gone), delete: [] }) },
    });
  };

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
  const target = selected !== null && filesOf(selected, paths).length > 0 ? selected : shown;
  return (
    <div className="wb-code" data-tree={treeShown || shown === null}>
      <div className="wb-explorer">
        <div className="wb-explorer-bar">
          <h2>{t("workbench.code.files")}</h2>
          <button type="button" className="wb-icon-button" aria-label={t("workbench.code.new_file")} title={t("workbench.code.new_file")} disabled={!edits} onClick={() => setAsking({ what: "create" })}>
            <Icon name="new_file" />
          </button>
          {target !== null && edits && (
            <Menu
              label={t("workbench.code.menu", { path: target })} title={target} className="wb-icon-button"
              items={[
                { label: t("workbench.code.rename"), run: () => setAsking({ what: "rename", path: target }) },
                ...locks.entries(target, !(target in files)),
                ...(target in files ? [{ label: t("workbench.code.history"), run: () => setAsking({ what: "history", path: target }) }] : []),
                { label: t("workbench.code.delete"), bad: true, run: () => remove(target) },
              ]}
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
        <FileTree
          paths={paths} dirty={dirty} writing={writing} locked={locks.covers} selected={selected} select={setSelected} openFile={open}
          rename={(path) => edits && setAsking({ what: "rename", path })} remove={(path) => edits && remove(path)}
          move={(path, folder) => edits && move(path, folder + nameOf(path))}
        />
      </div>
      <div className="wb-editing">
        <EditorTabs paths={tabs.paths.filter((path) => paths.includes(path))} active={shown} dirty={dirty} open={open} close={close} showTree={() => setTreeShown(!treeShown)} />
        {shown !== null && conflict && (
          <ConflictBar path={shown} conflict={conflict} comparing={comparing} compare={(isOn) => setCompared(isOn ? shown : null)} />
        )}
        <div className="wb-editor-box" id="wb-editor">
          {/* Kept while a picture is shown, so that the models keep their undo stacks. */}
          {tabs.paths.length > 0 && <Editor path={shown ?? ""} locked={locked} writing={shown !== null && shown === writing} place={place} moved={moved} tellWay={setWay} beside={comparing && typeof conflict.theirs === "string" ? conflict.theirs : null} completes={completes} cannotComplete={cannotComplete} act={setPiece} />}
          {shown !== null && file instanceof Uint8Array && <BinaryFile path={shown} bytes={file} />}
          {shown === null && <p className="wb-binary wb-quiet">{t(paths.length ? "workbench.code.pick" : "workbench.code.pick.empty")}</p>}
        </div>
        {piece?.action === "explain" && <Explanation piece={piece} close={() => setPiece(null)} />}
        <div className="wb-status">
          <span className="wb-status-grow">{locked ? t("workbench.code.writing") : way ? t(WAYS[way]) : (shown ?? "")}</span>
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
          refusal={refusal} done={create} close={() => setAsking(null)}
        />
      )}
      {asking?.what === "rename" && (
        <PathDialog
          title={t("workbench.code.rename")} action={t("workbench.code.move")} start={asking.path}
          refusal={(path) => refusal(path, asking.path)} done={(to) => move(asking.path, to)} close={() => setAsking(null)}
        />
      )}
      {asking?.what === "history" && <HistoryDialog path={asking.path} close={() => setAsking(null)} />}
    </div>
  );
}
