import { lazy, type ReactElement, Suspense, useSyncExternalStore } from "react";
import { persistently } from "../../client/http";
import { GenerationCard } from "./generation_card";
import { type Broken, NextAction, type Reword } from "./next_action";
import { StepLine } from "./step_line";
import { useProject, useWorkbench } from "../session/context";
import { Icon, type IconName } from "../controls/icons";
import { isBroken, worked } from "../store/turns";
import { money, seconds, t } from "../../client/workbench_texts";
import type { Message, Turn, TurnStep } from "../../client/types";

/** In a chunk of their own: most turns neither ask nor plan. */
const QuestionCard = lazy(() => persistently(() => import("./question_card")));
const DecisionCard = lazy(() => persistently(() => import("./decision_card")));
const PlanCard = lazy(() => persistently(() => import("./plan_card")));
const OUTCOMES: Record<Exclude<Turn["outcome"], "">, IconName> = { shown: "check", runs: "play", unseen: "eye", faulty: "warning" };

interface Props {
  turn: Turn;
  said: readonly Message[];
  /** It is the newest: what broke off in it can go on. */
  latest: boolean;
  reword: Reword;
  takeBack: () => void;
}

/** What a request set off: its steps, what it waits for, and what it came to. */
export function TurnSteps({ turn, said, latest, reword, takeBack }: Props): ReactElement {
  const { store } = useWorkbench();
  const last = turn.steps.at(-1);
  const answering = last?.kind === "discuss" && last.status === "running";
  const stuck = isBroken(turn) && latest && !last?.generation;
  return (
    <div className="wb-turn">
      <ol className="wb-steps" aria-label={t("workbench.turn.steps")}>
        {turn.steps.filter(isTold).map((step) => <Step key={step.id} step={step} turn={turn} latest={latest && step === last} reword={reword} />)}
      </ol>
      <Suspense fallback={null}>
        {turn.status === "asking" && <QuestionCard turn={turn} />}
        {turn.status === "planned" && <PlanCard turn={turn} />}
        {turn.status === "deciding" && <DecisionCard turn={turn} />}
      </Suspense>
      {answering && <Answering step={last.id} />}
      {said.map((message) => <p key={message.id} className="wb-answer">{message.text}</p>)}
      {stuck && (
        <>
          <p className={turn.status === "failed" ? "wb-note wb-note-bad" : "wb-note"} role={turn.status === "failed" ? "alert" : undefined}>
            {turn.error?.message ?? t(turn.status === "stopped" ? "workbench.turn.stopped" : "workbench.turn.interrupted")}
          </p>
          <p className="wb-row">
            <NextAction broken={broken(turn)} reword={reword} goOn={() => store.api.turn(turn.id, "continue")} />
          </p>
        </>
      )}
      {turn.status === "done" && turn.outcome && <Sum turn={turn} outcome={turn.outcome} takeBack={takeBack} />}
    </div>
  );
}

/** That nobody looked is said by the sum. */
const isTold = ({ kind, status, seen }: TurnStep): boolean => kind !== "check" || status === "running" || Boolean(seen);

/** What was stopped or interrupted was not wrong: it goes on. */
function broken(turn: Turn): Broken {
  const error = turn.error && { ...turn.error, remedy: turn.status === "failed" ? turn.error.remedy : "continue" as const };
  return { ...turn, error, files: [] };
}

/** A step that writes is the answer itself; every other one is a line. */
function Step({ step, turn, latest, reword }: { step: TurnStep; turn: Turn; latest: boolean; reword: Reword }): ReactElement {
  const generation = useProject().generations[step.generation ?? ""];
  return (
    <li>
      {step.kind !== "write" && <StepLine step={step} turn={turn} writes={generation !== undefined} />}
      {generation && <GenerationCard generation={generation} step={step} latest={latest && (isBroken(turn) || turn.status === "running")} reword={reword} />}
    </li>
  );
}

/** An answer in words, while it comes. */
function Answering({ step }: { step: string }): ReactElement | null {
  const { talk } = useWorkbench().store;
  const text = useSyncExternalStore(talk.subscribe, () => talk.of(step));
  return text ? <p className="wb-answer">{text}</p> : null;
}

function Sum({ turn, outcome, takeBack }: { turn: Turn; outcome: Exclude<Turn["outcome"], "">; takeBack: () => void }): ReactElement {
  const cost = turn.cost_usd === null ? t("workbench.turn.unpriced") : turn.cost_usd > 0 && money(turn.cost_usd);
  return (
    <p className="wb-sum" data-outcome={outcome}>
      <Icon name={OUTCOMES[outcome]} />
      <span>
        <b>{t(`workbench.turn.${outcome}`)}</b>
        <small>{["", cost, seconds(worked(turn))].filter((part) => part !== false).join(" · ")}</small>
      </span>
      {outcome === "faulty" && turn.base && <button type="button" className="wb-link" onClick={takeBack}>{t("workbench.turn.back")}</button>}
    </p>
  );
}
