import { type KeyboardEvent, type ReactElement, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import catalogue from "$/texts/search.en.json";
import { json, reasonOf } from "../client/http";
import { texts } from "../client/texts";
import type { Answer } from "../client/types";
import { addressOf } from "./place";
import "./search.css";

const t = texts(catalogue);

type Found = Answer<"search">;
type Hit = Found["results"][number];
type Kind = Exclude<Hit["kind"], "person">;

const AFTER_MS = 120;
const KINDS = ["project", "file", "message"] as const;
const TITLES = { project: "search.projects", file: "search.files", message: "search.messages" } as const;
const MORE = { project: "search.more_projects", file: "search.more_files", message: "search.more_messages" } as const;
const FIRST = { project: 5, file: 10, message: 5 };
const MORE_AT_ONCE = 30;

/** What was found for a query, by kind. */
interface Answered {
  query: string;
  found: Record<Kind, Found>;
}

function ask(query: string, kind: Kind, limit: number, cursor?: string | null): Promise<Found> {
  const asked = new URLSearchParams({ q: query, in: kind, limit: String(limit), ...(cursor && { cursor }) });
  return json<Found>(`/search?${asked.toString()}`);
}

/** Finds projects, files and messages of the workspace while the person types. */
export default function SearchDialog({ close }: { close: () => void }): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [query, setQuery] = useState("");
  const [answered, setAnswered] = useState<Answered | null>(null);
  const [problem, setProblem] = useState("");
  const wanted = query.trim();

  // A layout effect: its cleanup runs while the dialog is still in the page, and only there does closing give the focus
  // back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    field.current?.focus();
    return () => dialog?.close();
  }, []);
  useEffect(() => {
    setProblem("");
    if (!wanted) {
      setAnswered(null);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      Promise.all(KINDS.map((kind) => ask(wanted, kind, FIRST[kind]))).then(
        ([project, file, message]) => {
          if (current && project && file && message) setAnswered({ query: wanted, found: { project, file, message } });
        },
        (error: unknown) => {
          if (current) setProblem(reasonOf(error));
        },
      );
    }, AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);

  const more = async (kind: Kind): Promise<void> => {
    if (!answered) return;
    try {
      const next = await ask(answered.query, kind, MORE_AT_ONCE, answered.found[kind].next);
      setAnswered((now) => now && now.query === answered.query
        ? { ...now, found: { ...now.found, [kind]: { results: [...now.found[kind].results, ...next.results], next: next.next } } }
        : now);
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  const move = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const stops = [...(element.current?.querySelectorAll<HTMLElement>("input, li a, .search-more") ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const to = event.key === "ArrowDown" ? at + 1 : event.key === "ArrowUp" ? at - 1 : -1;
    // In a search field Esc would only empty it.
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && at === 0 && answered?.query === wanted) stops[1]?.click();
    else if (to >= 0 && stops[to]) stops[to].focus();
    else return;
    event.preventDefault();
  };

  const shown = answered && wanted ? answered : null;
  const all = shown ? KINDS.flatMap((kind) => shown.found[kind].results) : [];
  const unfinished = shown !== null && KINDS.some((kind) => shown.found[kind].next !== null);
  return (
    <dialog
      ref={element} className="search" aria-labelledby={id} onKeyDown={move}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      <div className="search-body">
        <div className="search-head">
          <h2 id={id}>{t("search.title")}</h2>
          <button type="button" className="search-close" aria-label={t("search.close")} onClick={close}>
            <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="m4 4 8 8M12 4l-8 8" /></svg>
          </button>
        </div>
        <label>
          {t("search.label")}
          <input ref={field} type="search" value={query} maxLength={200} autoComplete="off" spellCheck={false} onChange={(event) => setQuery(event.target.value)} />
        </label>
        <p className="search-problem" role="alert">{problem}</p>
        <div className="search-results" aria-busy={wanted !== "" && answered?.query !== wanted && !problem}>
          {shown ? KINDS.map((kind) => shown.found[kind].results.length > 0 && (
            <section key={kind} aria-labelledby={`${id}-${kind}`}>
              <h3 id={`${id}-${kind}`}>{t(TITLES[kind])}</h3>
              <ul>{shown.found[kind].results.map((hit) => <Result key={`${hit.project} ${hit.ref}`} hit={hit} />)}</ul>
              {shown.found[kind].next !== null && (
                <button type="button" className="search-more" onClick={() => void more(kind)}>{t(MORE[kind])}</button>
              )}
            </section>
          )) : <p className="search-quiet">{wanted ? t("search.searching") : t("search.hint")}</p>}
          {shown && all.length === 0 && <p className="search-quiet">{t("search.nothing")}</p>}
        </div>
        <p className="search-count" role="status">{shown && all.length > 0 ? t(unfinished ? "search.found_more" : "search.found", { count: all.length }) : ""}</p>
      </div>
    </dialog>
  );
}

function Result({ hit }: { hit: Hit }): ReactElement {
  const about = hit.kind === "file" ? `${hit.ref}${hit.line ? `, ${t("search.line", { line: hit.line })}` : ""}` : "";
  return (
    <li>
      <a href={addressOf(hit)}>
        <span className="search-title">{hit.title}</span>
        {about && <span className="search-path">{about}</span>}
        {hit.excerpt && <span className={hit.kind === "file" ? "search-excerpt search-code" : "search-excerpt"}><Marked text={hit.excerpt} marks={hit.marks} /></span>}
      </a>
    </li>
  );
}

/** A text with its marked parts; `marks` count characters, not the halves in which JavaScript keeps some of them. */
function Marked({ text, marks = [] }: { text: string; marks?: Hit["marks"] }): ReactElement {
  const letters = [...text];
  const parts: ReactElement[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    parts.push(<span key={at}>{letters.slice(at, from).join("")}</span>, <mark key={`m${from}`}>{letters.slice(from, to).join("")}</mark>);
    at = to;
  }
  parts.push(<span key="end">{letters.slice(at).join("")}</span>);
  return <>{parts}</>;
}
