import "./waiting.css";
import { type FormEvent, type ReactElement, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import { isBusy } from "../store/turns";
import { t } from "../../client/planning_texts";
import type { Turn, TurnPlan } from "../../client/types";

const SECTIONS = ["pages", "data", "api", "checks"] as const;
type Section = (typeof SECTIONS)[number];
/** A line of any section: a check has a title and how it is done, everything else a name and what it is. */
interface PlanLine {
  key: number;
  name: string;
  what: string;
  steps: NonNullable<NonNullable<TurnPlan["checks"]>[number]["steps"]>;
}
type Lines = Record<Section, readonly PlanLine[]>;
/** As many as the server takes. */
const MOST_LINES = 30;
let keys = 0;

const line = (name = "", what = "", steps: PlanLine["steps"] = []): PlanLine => ({ key: keys++, name, what, steps });

function linesOf(plan: NonNullable<Turn["plan"]>): Lines {
  const items = (list: typeof plan.pages): PlanLine[] => (list ?? []).map(({ name, what }) => line(name, what));
  return {
    pages: items(plan.pages), data: items(plan.data), api: items(plan.api),
    checks: (plan.checks ?? []).map(({ title, how, steps }) => line(title, how, steps as PlanLine["steps"])),
  };
}

function planOf(title: string, summary: string, lines: Lines): TurnPlan {
  const items = (section: Section) => lines[section].filter(({ name, what }) => name.trim() || what.trim())
    .map(({ name, what }) => ({ name: name.trim(), what: what.trim() }));
  const checks = lines.checks.filter(({ name }) => name.trim()).map(({ name, what, steps }) => ({ title: name.trim(), how: what.trim(), steps }));
  return { title, summary, pages: items("pages"), data: items("data"), api: items("api"), checks };
}

/** What is going to be built, every line of it the person's to change. */
export default function PlanCard({ turn }: { turn: Turn }): ReactElement {
  const { store, attempt } = useWorkbench();
  const busy = isBusy(useProject());
  const [title, setTitle] = useState(turn.plan?.title ?? "");
  const [summary, setSummary] = useState(turn.plan?.summary ?? "");
  const [lines, setLines] = useState(() => linesOf(turn.plan ?? {}));
  const change = (section: Section) => (next: readonly PlanLine[]) => setLines({ ...lines, [section]: next });
  const card = useRef<HTMLFormElement>(null);
  // It is read from its beginning, and may be longer than the chat is high.
  useLayoutEffect(() => {
    void card.current?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <form
      ref={card} className="wb-card" aria-label={t("planning.plan")}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        attempt(() => store.api.build(turn.id, planOf(title, summary, lines)));
      }}
    >
      <Words className="wb-plan-title" label={t("planning.title")} value={title} change={setTitle} most={300} />
      <Words className="wb-plan-summary" label={t("planning.summary")} value={summary} change={setSummary} most={2_000} />
      {SECTIONS.map((section) => <Part key={section} section={section} lines={lines[section]} change={change(section)} />)}
      <p className="wb-card-foot">
        <button type="button" className="wb-button wb-flat" disabled={busy} onClick={() => attempt(() => store.api.build(turn.id, {}))}>{t("planning.without")}</button>
        <button type="submit" className="wb-button wb-primary" disabled={busy}>{t("planning.build")}</button>
      </p>
    </form>
  );
}

function Part({ section, lines, change }: { section: Section; lines: readonly PlanLine[]; change: (lines: readonly PlanLine[]) => void }): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const added = useRef(false);
  useEffect(() => {
    if (added.current) list.current?.querySelector<HTMLElement>("li:last-child textarea")?.focus();
    added.current = false;
  }, [lines]);
  const edit = (key: number, edited: Partial<PlanLine>): void => change(lines.map((one) => (one.key === key ? { ...one, ...edited } : one)));
  return (
    <section className="wb-plan-part" aria-label={t(`planning.${section}`)}>
      <h3>
        {t(`planning.${section}`)}
        <button
          type="button" className="wb-icon-button" aria-label={t(`planning.add.${section}`)} title={t(`planning.add.${section}`)} disabled={lines.length >= MOST_LINES}
          onClick={() => {
            added.current = true;
            change([...lines, line()]);
          }}
        >
          <Icon name="plus" />
        </button>
      </h3>
      <ul ref={list}>
        {lines.map(({ key, name, what }, at) => (
          <li key={key}>
            <div>
              <Words className="wb-plan-name" label={t("planning.name", { number: at + 1 })} value={name} change={(text) => edit(key, { name: text })} most={300} />
              {/* What was to be done has changed: steps for it would do what was meant before. */}
              <Words
                className="wb-plan-what" label={t(section === "checks" ? "planning.how" : "planning.what", { number: at + 1 })} value={what}
                change={(text) => edit(key, { what: text, steps: [] })} most={2_000}
              />
            </div>
            <button type="button" className="wb-icon-button" aria-label={t("planning.remove", { name: name || String(at + 1) })} onClick={() => change(lines.filter((one) => one.key !== key))}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface WordsProps {
  className: string;
  label: string;
  value: string;
  change: (text: string) => void;
  most: number;
}

/** Text that looks like text until it is edited; Enter goes on to the next. */
function Words({ className, label, value, change, most }: WordsProps): ReactElement {
  return (
    <textarea
      className={`wb-words ${className}`} rows={1} aria-label={label} placeholder={label} value={value} maxLength={most}
      onChange={(event) => change(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
        event.preventDefault();
        const all = [...(event.currentTarget.form?.querySelectorAll("textarea") ?? [])];
        all[all.indexOf(event.currentTarget) + 1]?.focus();
      }}
    />
  );
}
