import { type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import { Icon } from "../controls/icons";
import { t } from "../../client/workbench_texts";
import { nameOf } from "./files/tree";

interface Props {
  paths: readonly string[];
  active: string | null;
  /** The tab that the next file takes the place of. */
  passing: string | null;
  dirty: ReadonlySet<string>;
  menu: (path: string, at: { x: number; y: number }) => void;
  keep: (path: string) => void;
  open: (path: string) => void;
  close: (path: string) => void;
  showTree: () => void;
  /** At the end of the row. */
  children?: ReactNode;
}

/** The open files. Delete or a middle click closes one. */
export function EditorTabs({ paths, active, passing, dirty, menu, keep, open, close, showTree, children }: Props): ReactElement {
  const press = (event: KeyboardEvent): void => {
    const at = active === null ? -1 : paths.indexOf(active);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + paths.length, Home: 0, End: paths.length - 1 }[event.key];
    const next = to === undefined ? undefined : paths[to % paths.length];
    if (event.key === "Delete" && active !== null) close(active);
    else if (next !== undefined) {
      open(next);
      event.currentTarget.querySelector<HTMLElement>(`[data-path="${CSS.escape(next)}"]`)?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div className="wb-editor-tabs">
      <button type="button" className="wb-icon-button wb-show-tree" aria-label={t("workbench.code.files")} title={t("workbench.code.files")} onClick={showTree}>
        <Icon name="folder" />
      </button>
      <div role="tablist" aria-label={t("workbench.code.open_files")} onKeyDown={press}>
        {paths.map((path) => (
          <button
            key={path} type="button" role="tab" data-path={path} title={path} aria-selected={path === active} aria-controls="wb-editor"
            tabIndex={path === active ? 0 : -1} data-passing={path === passing} onClick={() => open(path)} onDoubleClick={() => keep(path)}
            onContextMenu={(event) => {
              event.preventDefault();
              menu(path, { x: event.clientX, y: event.clientY });
            }}
            onAuxClick={(event) => {
              if (event.button === 1) close(path);
            }}
          >
            {nameOf(path)}
            {dirty.has(path) && <i className="wb-node-dirty"><span className="wb-sr">{t("workbench.code.unsaved")}</span></i>}
          </button>
        ))}
      </div>
      {active !== null && (
        <button type="button" className="wb-icon-button" aria-label={t("workbench.code.close", { path: active })} title={t("workbench.code.close", { path: active })} onClick={() => close(active)}>
          <Icon name="close" />
        </button>
      )}
      {children}
    </div>
  );
}
