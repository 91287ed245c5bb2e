import { type KeyboardEvent, type ReactElement, useSyncExternalStore } from "react";
import { type Tab, usePreview, useProject, useTabs, useWorkbench } from "./session/context";
import { Icon } from "./controls/icons";
import { ProjectTitle } from "./project_title";
import { redo, undo } from "./controls/shortcuts";
import { activeGeneration, canUndo, headVersion } from "./store/state";
import { NoticeBell } from "../bell/bell";
import { t } from "../client/workbench_texts";

export function TopBar(): ReactElement {
  const workbench = useWorkbench();
  const state = useProject();
  const { project } = state;
  const version = headVersion(state);
  const busy = activeGeneration(state) !== null;
  return (
    <header className="wb-bar">
      <div className="wb-bar-left">
        <a className="wb-icon-button" href="/" aria-label={t("workbench.to_projects")} title={t("workbench.to_projects")}>
          <Icon name="back" />
        </a>
        <ProjectTitle />
        <button type="button" className="wb-version" disabled={!version} title={t("workbench.versions.title")} onClick={() => workbench.setPanel("versions")}>
          <span className="wb-sr">{t("workbench.versions.title")} </span>
          {version ? t("workbench.version", { number: version.number }) : t("workbench.version.none")}
        </button>
        <button
          type="button" className="wb-icon-button" aria-label={t("workbench.undo")} title={t("workbench.undo")}
          disabled={!canUndo(state) || busy} onClick={() => undo(workbench)}
        >
          <Icon name="undo" />
        </button>
        <button
          type="button" className="wb-icon-button" aria-label={t("workbench.redo")} title={t("workbench.redo")}
          disabled={!project?.can_redo || busy} onClick={() => redo(workbench)}
        >
          <Icon name="redo" />
        </button>
      </div>
      <Tabs />
      <div className="wb-bar-right">
        <NoticeBell button="wb-icon-button" />
        <button type="button" className="wb-button wb-primary" disabled={!version} onClick={() => workbench.setPanel("share")}>
          {t("workbench.share")}
        </button>
      </div>
    </header>
  );
}

function Tabs(): ReactElement {
  const { tab, show } = useWorkbench();
  const tabs = useTabs();
  const badges = useBadges();
  const press = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs[to % tabs.length];
    if (!next) return;
    event.preventDefault();
    show(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div className="wb-tabs" role="tablist" aria-label={t("workbench.tabs")} onKeyDown={press}>
      {tabs.map((name) => (
        <button
          key={name} type="button" role="tab" data-tab={name} aria-selected={tab === name} aria-controls={`wb-${name}`}
          tabIndex={tab === name ? 0 : -1} onClick={() => show(name)}
        >
          {t(`workbench.tab.${name}`)}
          <Badge count={badges[name]} />
        </button>
      ))}
    </div>
  );
}

/** The problems per tab: a fault in Code, errors the app logged in Logs. */
export function useBadges(): Record<Tab, number> {
  const { log } = useWorkbench();
  const { fault } = usePreview();
  useSyncExternalStore(log.subscribe, log.getLines);
  return { preview: 0, code: fault?.file ? 1 : 0, logs: log.errors, terminal: 0 };
}

export function Badge({ count }: { count: number }): ReactElement | null {
  if (count === 0) return null;
  return (
    <span className="wb-badge">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span className="wb-sr">{t("workbench.tab.errors", { count })}</span>
    </span>
  );
}
