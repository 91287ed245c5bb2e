import { type KeyboardEvent, type ReactElement, useRef, useSyncExternalStore } from "react";
import { Icon } from "../../controls/icons";
import { t } from "../texts/texts";
import type { Language } from "../language/language";
import type { Problem } from "../language/problem";
import "./problems.css";

interface Props {
  problems: readonly Problem[];
  go: (problem: Problem) => void;
  close: () => void;
}

/** What is wrong, by file; a press leads to the place. */
export function ProblemsPanel({ problems, go, close }: Props): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
    const all = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  };
  return (
    <section className="wb-problems" aria-label={t("editor.problems")} onKeyDown={press}>
      <div className="wb-problems-head">
        <h2>{t("editor.problems")}</h2>
        <button type="button" className="wb-icon-button" aria-label={t("editor.problems.close")} title={t("editor.problems.close")} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {problems.length === 0 ? <p className="wb-quiet">{t("editor.problems.none")}</p> : (
        <ul ref={list}>
          {problems.map((one, at) => (
            <li key={`${at} ${one.path}`}>
              <button type="button" onClick={() => go(one)}>
                <span className={`wb-problem-${one.severity}`}><Icon name="warning" /><span className="wb-sr">{t(`editor.problem.${one.severity}`)}</span></span>
                <span className="wb-problem-text">{one.text}</span>
                <small>{one.path && (one.source === "walk" ? one.path : t("editor.problem.place", { path: one.path, line: one.line, column: one.column }))} · {t(`editor.problem.of.${one.source}`)}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const never = (): (() => void) => () => {};

/** How many there are, as far as the files have been looked at; a press opens the list. */
export function ProblemCount({ problems, language, open, toggle }: { problems: readonly Problem[]; language: Language | null; open: boolean; toggle: () => void }): ReactElement {
  const looked = useSyncExternalStore(language?.subscribe ?? never, language?.hasLooked ?? (() => false));
  const bad = problems.some((one) => one.severity === "error");
  return (
    <button type="button" className="wb-problem-count" data-bad={bad} aria-expanded={open} onClick={toggle}>
      <Icon name={problems.length ? "warning" : "check"} />
      {problems.length === 0 && !looked ? t("editor.problems.reading") : t("editor.problems.count", { count: problems.length })}
    </button>
  );
}
