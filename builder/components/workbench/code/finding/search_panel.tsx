import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { useProject, useWorkbench } from "../../session/context";
import { Icon } from "../../controls/icons";
import { t } from "../texts/texts";
import { t as tw } from "../../../client/workbench_texts";
import type { FileMap } from "../../store/files";
import { placeOf } from "../language/problem";
import { Finder } from "./finder";
import type { Hits, Match, Query } from "./search";
import "./finding.css";

const EMPTY: Query = { text: "", regex: false, matchCase: false, word: false, include: "", exclude: "", replace: "" };
const AFTER_MS = 80;
const SWITCHES = [["matchCase", "Aa"], ["word", "ab"], ["regex", ".*"]] as const;

interface Props {
  /** What is looked for at first; a fresh object each time it is asked for. */
  start: { text: string };
  close: () => void;
}

/** Finds and replaces in all files of the project. */
export function SearchPanel({ start, close }: Props): ReactElement {
  const { store, open, toast, attempt } = useWorkbench();
  const { files } = useProject();
  const [query, setQuery] = useState<Query>({ ...EMPTY, text: start.text });
  const [replacing, setReplacing] = useState(false);
  const [hits, setHits] = useState<Hits | null>(null);
  const [slow, setSlow] = useState(false);
  const finder = useRef<Finder | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const made = new Finder(store);
    finder.current = made;
    return () => made.close();
  }, [store]);
  useEffect(() => {
    if (start.text) setQuery((now) => ({ ...now, text: start.text }));
    first.current?.focus();
  }, [start]);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      const began = performance.now();
      void finder.current?.find(query).then((found) => {
        if (!current) return;
        if (found) setHits(found);
        setSlow(found === null && performance.now() - began > 1_000);
      });
    }, AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query, files]);

  const write = (changed: FileMap, count: number): void => {
    const before = store.getState().files;
    const back = Object.fromEntries(Object.keys(changed).map((path) => [path, before[path] ?? ""]));
    store.write({ put: changed, delete: [] });
    toast({
      text: t("editor.search.replaced", { count }),
      action: { label: tw("workbench.code.undo"), run: () => store.write({ put: back, delete: [] }) },
    });
  };
  const replaceAll = (only?: string): void => attempt(async () => {
    const paths = only === undefined ? (hits?.files ?? []).map((one) => one.path) : [only];
    const count = only === undefined ? (hits?.count ?? 0) : (hits?.files.find((one) => one.path === only)?.matches.length ?? 0);
    const made = await finder.current?.replaced(query, paths);
    if (made) write(made, count);
  });
  const replaceOne = (path: string, { from, to, next }: Match): void => {
    const text = files[path];
    if (typeof text === "string") write({ [path]: text.slice(0, from) + next + text.slice(to) }, 1);
  };
  const go = (path: string, match: Match): void => {
    const text = files[path];
    if (typeof text === "string") open({ path, ...placeOf(text, match.from) });
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
    const all = [...(list.current?.querySelectorAll<HTMLElement>(".wb-hit") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  };
  const field = (name: "text" | "replace" | "include" | "exclude", hint: string): ReactElement => (
    <input
      ref={name === "text" ? first : undefined} value={query[name]} aria-label={t(`editor.search.${name}`)} placeholder={hint} spellCheck={false} autoCapitalize="off" autoComplete="off"
      onFocus={(event) => event.currentTarget.select()} onChange={(event) => setQuery({ ...query, [name]: event.target.value })}
    />
  );
  return (
    <div className="wb-find" onKeyDown={press}>
      <div className="wb-find-fields">
        <div className="wb-find-row">
          {field("text", t("editor.search.text"))}
          {SWITCHES.map(([name, sign]) => (
            <button key={name} type="button" className="wb-switch" aria-pressed={query[name]} aria-label={t(`editor.search.${name}`)} title={t(`editor.search.${name}`)} onClick={() => setQuery({ ...query, [name]: !query[name] })}>{sign}</button>
          ))}
        </div>
        <div className="wb-find-row">
          <button type="button" className="wb-link" aria-expanded={replacing} onClick={() => setReplacing(!replacing)}>{t("editor.search.more")}</button>
        </div>
        {replacing && (
          <>
            <div className="wb-find-row">
              {field("replace", t("editor.search.replace"))}
              <button type="button" className="wb-button wb-small" disabled={!hits?.count} onClick={() => replaceAll()}>{t("editor.search.replace_all")}</button>
            </div>
            {field("include", t("editor.search.include_hint"))}
            {field("exclude", t("editor.search.exclude_hint"))}
          </>
        )}
      </div>
      <p className="wb-find-count wb-quiet" role="status">{hits?.problem ? t("editor.search.problem", { why: hits.problem }) : slow ? t("editor.search.slow") : said(query, hits)}</p>
      <div className="wb-find-hits" ref={list}>
        {query.text !== "" && !hits?.problem && hits?.files.map(({ path, matches }) => (
          <section key={path} aria-label={path}>
            <h3>
              <span title={path}>{path}</span>
              {replacing && <button type="button" className="wb-link" aria-label={t("editor.search.replace_in", { path })} onClick={() => replaceAll(path)}>{t("editor.search.replace_here")}</button>}
            </h3>
            <ul>
              {matches.map((match) => (
                <li key={match.from}>
                  <button type="button" className="wb-hit" onClick={() => go(path, match)}>
                    <small>{match.line}</small>
                    <code>
                      {match.shown.slice(0, match.at)}
                      {replacing && query.replace !== match.old ? <><del>{match.old}</del><ins>{match.next}</ins></> : <mark>{match.old}</mark>}
                      {match.shown.slice(match.at + match.old.length)}
                    </code>
                  </button>
                  {replacing && (
                    <button type="button" className="wb-icon-button wb-hit-replace" aria-label={t("editor.search.replace_one", { path, line: match.line })} title={t("editor.search.replace_one", { path, line: match.line })} onClick={() => replaceOne(path, match)}>
                      <Icon name="check" />
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

function said(query: Query, hits: Hits | null): string {
  if (query.text === "" || !hits) return t("editor.search.hint");
  if (hits.count === 0) return t("editor.search.none");
  const found = t("editor.search.found", { places: t("editor.search.places", { count: hits.count }), files: t("editor.search.in_files", { count: hits.files.length }) });
  return hits.cut ? `${found} ${t("editor.search.cut")}` : found;
}
