import { type DragEvent, type KeyboardEvent, type ReactElement, useRef, useState } from "react";
import { Icon } from "../controls/icons";
import { t } from "../../client/workbench_texts";
import { folderOf, type Row, rows } from "./files/tree";

interface Props {
  paths: readonly string[];
  dirty: ReadonlySet<string>;
  writing: string | null;
  locked: (path: string, folder: boolean) => boolean;
  selected: string | null;
  select: (path: string) => void;
  /** To look at it, or to keep it open. */
  openFile: (path: string, kept: boolean) => void;
  menu: (path: string, at: { x: number; y: number }) => void;
  rename: (path: string) => void;
  remove: (path: string) => void;
  move: (path: string, folder: string) => void;
  /** Files from outside were dropped on a folder ("" or with a slash at its end). */
  upload: (folder: string, data: DataTransfer) => void;
}

/** The ARIA tree pattern: one row is in the tab order, arrows walk, left and right close and open, F2 renames. */
export function FileTree(props: Props): ReactElement {
  const { paths, selected, select, openFile } = props;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [over, setOver] = useState<string | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const all = rows(paths, closed);
  const current = all.find((row) => row.path === selected) ?? all[0];

  const toggle = (path: string, open: boolean): void => {
    const next = new Set(closed);
    if (open) next.delete(path);
    else next.add(path);
    setClosed(next);
  };
  const go = (row: Row | undefined): void => {
    if (!row) return;
    select(row.path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.path)}"]`)?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    if (!current) return;
    const at = all.indexOf(current);
    switch (event.key) {
      case "ArrowDown": go(all[at + 1]); break;
      case "ArrowUp": go(all[at - 1]); break;
      case "Home": go(all[0]); break;
      case "End": go(all.at(-1)); break;
      case "ArrowRight":
        if (current.folder && !current.open) toggle(current.path, true);
        else if (current.folder) go(all[at + 1]);
        break;
      case "ArrowLeft":
        if (current.folder && current.open) toggle(current.path, false);
        else go(all.find((row) => row.folder && `${row.path}/` === folderOf(current.path)));
        break;
      case "Enter":
      case " ":
        if (current.folder) toggle(current.path, !current.open);
        else openFile(current.path, event.key === "Enter");
        break;
      case "F2": props.rename(current.path); break;
      case "Delete": props.remove(current.path); break;
      default: return;
    }
    event.preventDefault();
  };
  const drop = (event: DragEvent, row: Row | null): void => {
    event.preventDefault();
    setOver(null);
    const path = event.dataTransfer.getData("application/x-sayso-path");
    const folder = row === null ? "" : row.folder ? `${row.path}/` : folderOf(row.path);
    if (!path && event.dataTransfer.types.includes("Files")) props.upload(folder, event.dataTransfer);
    else if (path && !folder.startsWith(`${path}/`)) props.move(path, folder);
  };

  return (
    <div
      ref={tree} role="tree" aria-label={t("workbench.code.files")} className="wb-tree" onKeyDown={press}
      onDragOver={(event) => event.preventDefault()} onDrop={(event) => drop(event, null)}
    >
      {all.map((row) => (
        <div
          key={row.path} role="treeitem" data-path={row.path} aria-level={row.depth + 1} aria-selected={row.path === current?.path}
          aria-expanded={row.folder ? row.open : undefined} tabIndex={row.path === current?.path ? 0 : -1}
          className={over === row.path ? "wb-node wb-node-over" : "wb-node"} style={{ paddingLeft: 8 + row.depth * 14 }} draggable
          onClick={() => {
            select(row.path);
            if (row.folder) toggle(row.path, !row.open);
            else openFile(row.path, false);
          }}
          onDoubleClick={() => {
            if (!row.folder) openFile(row.path, true);
          }}
          onContextMenu={(event) => {
            event.preventDefault();
            select(row.path);
            props.menu(row.path, { x: event.clientX, y: event.clientY });
          }}
          onDragStart={(event) => event.dataTransfer.setData("application/x-sayso-path", row.path)}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(row.path);
          }}
          onDragLeave={() => setOver(null)}
          onDrop={(event) => {
            event.stopPropagation();
            drop(event, row);
          }}
        >
          {row.folder ? <span className="wb-fold" data-open={row.open}><Icon name="right" /></span> : <Icon name="file" />}
          <span className="wb-node-name">{row.name}</span>
          {props.writing === row.path && <i className="wb-node-writing"><span className="wb-sr">{t("workbench.file.writing")}</span></i>}
          {props.locked(row.path, row.folder) && <i className="wb-node-lock"><Icon name="lock" /><span className="wb-sr">{t("workbench.code.locked")}</span></i>}
          {props.dirty.has(row.path) && <i className="wb-node-dirty"><span className="wb-sr">{t("workbench.code.unsaved")}</span></i>}
        </div>
      ))}
    </div>
  );
}
