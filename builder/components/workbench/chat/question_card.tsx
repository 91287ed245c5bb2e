import "./waiting.css";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { isBusy } from "../store/turns";
import { t } from "../../client/planning_texts";
import type { Turn } from "../../client/types";

type Asked = Turn["questions"][number];

/** What the builder asks before it begins: each question with its choices and room for own words. */
export default function QuestionCard({ turn }: { turn: Turn }): ReactElement {
  const { store, attempt } = useWorkbench();
  const busy = isBusy(useProject());
  const [answers, setAnswers] = useState<readonly string[]>(() => turn.questions.map(({ answer }) => answer ?? ""));
  const answer = (at: number, text: string): void => setAnswers(answers.map((one, index) => (index === at ? text : one)));
  return (
    <form
      className="wb-card" aria-label={t("planning.questions")}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        attempt(() => store.api.answer(turn.id, answers.map((one) => one.trim())));
      }}
    >
      {turn.questions.map((question, at) => (
        <AskedQuestion key={question.question} asked={question} answer={answers[at] ?? ""} change={(text) => answer(at, text)} />
      ))}
      <p className="wb-card-foot">
        <button type="button" className="wb-button wb-flat" disabled={busy} onClick={() => attempt(() => store.api.answer(turn.id, []))}>{t("planning.skip")}</button>
        <button type="submit" className="wb-button wb-primary" disabled={busy || answers.every((one) => !one.trim())}>{t("planning.go_on")}</button>
      </p>
    </form>
  );
}

function AskedQuestion({ asked, answer, change }: { asked: Asked; answer: string; change: (text: string) => void }): ReactElement {
  const name = useId();
  const choices = asked.choices ?? [];
  const own = choices.includes(answer) ? "" : answer;
  return (
    <fieldset className="wb-question">
      <legend>{asked.question}</legend>
      <div className="wb-chips">
        {choices.map((choice) => (
          <label key={choice}>
            <input type="radio" name={name} checked={choice === answer} onChange={() => change(choice)} />
            <span>{choice}</span>
          </label>
        ))}
      </div>
      <input
        className="wb-own" value={own} maxLength={300} aria-label={t("planning.own", { question: asked.question })}
        placeholder={t(choices.length > 0 ? "planning.own_words" : "planning.your_words")} onChange={(event) => change(event.target.value)}
      />
    </fieldset>
  );
}
