import "./logs.css";
import { type ReactElement, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { pieces, plain } from "./ansi";
import { useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import type { Level, Line } from "../session/log";
import { time } from "../../client/times";
import { t } from "../../client/workbench_texts";

type Filter = "all" | "error" | "warn";

const FILTERS: readonly Filter[] = ["all", "error", "warn"];

function passes(line: Line, filter: Filter, search: string): boolean {
  if (filter !== "all" && line.level !== filter) return false;
  return !search || plain(line.text).toLowerCase().includes(search) || (line.file ?? "").toLowerCase().includes(search);
}

/** The log lines of the app and its engine, filtered by level and word, with the place in the code. */
export default function LogsPane(): ReactElement {
  const { log, toast, attempt } = useWorkbench();
  const lines = useSyncExternalStore(log.subscribe, log.getLines);
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const shown = lines.filter((line) => passes(line, filter, search.trim().toLowerCase()));
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (list.current && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [shown.length]);

  useEffect(() => log.markSeen(), [log, lines]);

  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(shown.map((line) => `${time(line.at)} ${line.level} ${plain(line.text)}`).join("\n"));
    toast({ text: t("workbench.copied") });
  };
  return (
    <div className="wb-logs">
      <div className="wb-toolbar" role="toolbar" aria-label={t("workbench.logs.toolbar")}>
        <div className="wb-widths" role="group" aria-label={t("workbench.logs.level")}>
          {FILTERS.map((name) => (
            <button key={name} type="button" className="wb-button wb-small wb-flat" aria-pressed={filter === name} onClick={() => setFilter(name)}>
              {t(`workbench.logs.${name}`)}
            </button>
          ))}
        </div>
        <label className="wb-search">
          <Icon name="search" />
          <input type="search" value={search} placeholder={t("workbench.logs.search")} aria-label={t("workbench.logs.search")} onChange={(event) => setSearch(event.target.value)} />
        </label>
        <button type="button" className="wb-icon-button" aria-label={t("workbench.logs.copy")} title={t("workbench.logs.copy")} disabled={!shown.length} onClick={() => attempt(copy)}>
          <Icon name="copy" />
        </button>
        <button type="button" className="wb-icon-button" aria-label={t("workbench.logs.clear")} title={t("workbench.logs.clear")} disabled={!lines.length} onClick={() => log.clear()}>
          <Icon name="trash" />
        </button>
      </div>
      <div
        className="wb-lines" ref={list} role="log" aria-live="off" aria-label={t("workbench.tab.logs")} tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
        }}
      >
        {shown.length === 0 && <p className="wb-quiet">{t(lines.length ? "workbench.logs.no_match" : "workbench.logs.empty")}</p>}
        {shown.map((line) => <LogLine key={line.id} line={line} />)}
      </div>
    </div>
  );
}

const SAID: Partial<Record<Level, "error" | "warn">> = { error: "error", warn: "warn" };

function LogLine({ line }: { line: Line }): ReactElement {
  const { open } = useWorkbench();
  const { file } = line;
  const said = SAID[line.level];
  return (
    <div className={line.mark ? "wb-line wb-line-mark" : `wb-line wb-line-${line.level}`}>
      <time>{time(line.at)}</time>
      {said && <span className="wb-sr">{t(`workbench.logs.one.${said}`)} </span>}
      <span className="wb-line-text">
        {pieces(line.text).map(({ text, look }, at) => (look ? <span key={at} className={look}>{text}</span> : text))}
      </span>
      {line.times > 1 && <span className="wb-badge wb-badge-quiet">{line.times}×</span>}
      {file && (
        <button type="button" className="wb-link wb-mono" onClick={() => open({ path: file, line: line.line })}>
          {file}{line.line === undefined ? "" : `:${line.line}`}
        </button>
      )}
    </div>
  );
}
