import { type FormEvent, type ReactElement, useEffect, useId, useState } from "react";
import { budget as everywhere, setBudget as setEverywhere } from "../store/api";
import { ApiError, reasonOf } from "../../client/http";
import { t } from "../../client/budget_texts";
import { money } from "../../client/workbench_texts";
import { useProject, useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import type { BudgetView, Caps } from "../../client/types";

const SPANS = ["turn", "month", "total"] as const;
type Span = (typeof SPANS)[number];
type Amounts = Record<Span, string>;
const NONE: Amounts = { turn: "", month: "", total: "" };

const shown = (usd: number | null | undefined): string => (usd === null || usd === undefined ? "" : String(usd));
const amounts = (caps: Caps): Amounts => ({ turn: shown(caps.turn_usd), month: shown(caps.month_usd), total: shown(caps.total_usd) });

/** The caps that were typed, and the others as they are; null where one of them is no amount. */
function read(typed: Amounts, caps: Caps | undefined): Caps | null {
  const values = SPANS.map((span) => typed[span].trim().replace(/^\$/, "").replace(",", "."));
  if (values.some((value) => value !== "" && !/^\d+(\.\d+)?$/.test(value))) return null;
  const [turn_usd, month_usd, total_usd] = values.map((value) => (value === "" ? null : Number(value)));
  return { ...caps, turn_usd: turn_usd ?? null, month_usd: month_usd ?? null, total_usd: total_usd ?? null };
}

/** What models may take: of this project, and of all; with a switch that stops all of it. */
export function BudgetDialog(): ReactElement {
  const { store, setPanel, toast } = useWorkbench();
  const [here, setHere] = useState<BudgetView | null>(null);
  const [all, setAll] = useState<BudgetView | null>(null);
  const [typedHere, setTypedHere] = useState(NONE);
  const [typedAll, setTypedAll] = useState(NONE);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const error = useId();
  const team = useProject().project?.team ?? "";

  useEffect(() => {
    if (!team) return undefined; // the project is not here yet
    let current = true;
    // Whoever was invited to this project alone has no part in what its team decides.
    const total = everywhere(team).catch((reason: unknown) => {
      if (reason instanceof ApiError && reason.status === 404) return null;
      throw reason;
    });
    void Promise.all([store.api.budget(), total]).then(([mine, every]) => {
      if (!current) return;
      setHere(mine);
      setAll(every);
      setTypedHere(amounts(mine.caps));
      if (every) setTypedAll(amounts(every.caps));
    }, (reason: unknown) => setFault(reasonOf(reason)));
    return () => {
      current = false;
    };
  }, [store, team]);

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setFault("");
    try {
      await work();
    } catch (reason) {
      setFault(reasonOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const keep = async (): Promise<void> => {
    const mine = read(typedHere, here?.caps), total = all && read(typedAll, all.caps);
    if (!mine || (all && !total)) return setFault(t("budget.not_money"));
    await attempt(async () => {
      await store.api.setBudget(mine);
      if (total && JSON.stringify(total) !== JSON.stringify(all?.caps)) await setEverywhere(team, total);
      setPanel(null);
      toast({ text: t("budget.kept") });
    });
  };
  const pause = (paused: boolean): Promise<void> => attempt(async () => {
    if (all) setAll(await setEverywhere(team, { ...all.caps, paused }));
  });
  const ready = here !== null;
  const paused = all?.caps.paused ?? false;
  return (
    <Dialog title={t("budget.title")} close={() => setPanel(null)}>
      <form
        className="wb-run" noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void keep();
        }}
      >
        <p className="wb-quiet">{t("budget.text")}</p>
        {!ready && !fault && <p className="wb-late" role="status">{t("budget.loading")}</p>}
        {here && <Amounts title={t("budget.here")} view={here} typed={typedHere} change={setTypedHere} error={error} />}
        {all && <Amounts title={t("budget.everywhere")} view={all} typed={typedAll} change={setTypedAll} error={error} />}
        {all && (
          <div className="wb-budget-pause">
            <p className={paused ? "wb-note wb-note-bad" : "wb-quiet"} role="status">{t(paused ? "budget.paused" : "budget.pause_note")}</p>
            <button type="button" className="wb-button" disabled={busy} onClick={() => void pause(!paused)}>{t(paused ? "budget.resume" : "budget.pause")}</button>
          </div>
        )}
        <p id={error} role="alert" className={fault ? "wb-note wb-note-bad" : "wb-sr"}>{fault}</p>
        <div className="wb-dialog-foot">
          <button type="submit" className="wb-button wb-primary" disabled={!ready || busy}>{t("budget.keep")}</button>
        </div>
      </form>
    </Dialog>
  );
}

interface AmountsProps {
  title: string;
  view: BudgetView;
  typed: Amounts;
  change: (typed: Amounts) => void;
  error: string;
}

function Amounts({ title, view: { spent }, typed, change, error }: AmountsProps): ReactElement {
  return (
    <fieldset className="wb-budget">
      <legend>{title}</legend>
      <p className="wb-quiet">
        {t("budget.spent", { month: money(spent.month_usd), total: money(spent.total_usd) })}
        {spent.unpriced > 0 && ` ${t("budget.unpriced", { count: spent.unpriced })}`}
      </p>
      <div className="wb-budget-amounts">
        {SPANS.map((span) => (
          <label key={span} className="wb-field">
            {t(`budget.${span}`)}
            <input
              value={typed[span]} placeholder={t("budget.none")} inputMode="decimal" autoComplete="off" aria-describedby={error}
              onChange={(event) => change({ ...typed, [span]: event.target.value })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
