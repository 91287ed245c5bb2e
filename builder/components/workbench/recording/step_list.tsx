import { type ReactElement, useEffect, useRef, useState } from "react";
import type { WalkStep } from "$/runtime/engine/walk.ts";
import { Icon } from "../controls/icons";
import { stepWords } from "../session/walk_words";
import { type Recorded, withWords, wordsIn } from "./recorded";
import { t } from "./texts";

interface Props {
  steps: readonly Recorded[];
  /** The step that failed, from 1; 0 for none; undefined while steps are added. */
  failed?: number | undefined;
  change: (key: string, step: WalkStep) => void;
  remove: (recorded: Recorded) => void;
}

/** What was recorded, in words; each step can be changed and deleted. */
export function StepList({ steps, failed, change, remove }: Props): ReactElement {
  const [edited, setEdited] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  // Whoever records sees the newest, and whoever checks the one that failed, else the first.
  const shown = failed === undefined ? steps.length : failed;
  useEffect(() => {
    list.current?.children[Math.max(0, shown - 1)]?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  if (steps.length === 0) return <p className="wb-quiet wb-recording-none">{t("recording.nothing")}</p>;
  return (
    <ol className="wb-recorded" ref={list} aria-label={t("recording.steps")} tabIndex={0}>
      {steps.map((recorded, at) => {
        const { key, step } = recorded;
        const words = stepWords(step);
        return (
          <li key={key} className={at + 1 === failed ? "wb-bad" : undefined} aria-current={at + 1 === failed ? "step" : undefined}>
            <span>{words}</span>
            {wordsIn(step).length > 0 && (
              <button
                type="button" className="wb-icon-button" aria-label={t("recording.edit", { step: at + 1 })} title={t("recording.edit", { step: at + 1 })}
                aria-expanded={edited === key} onClick={() => setEdited(edited === key ? null : key)}
              >
                <Icon name="pencil" />
              </button>
            )}
            <button
              type="button" className="wb-icon-button" aria-label={t("recording.delete", { step: at + 1 })} title={t("recording.delete", { step: at + 1 })}
              onClick={() => {
                remove(recorded);
                list.current?.focus();
              }}
            >
              <Icon name="trash" />
            </button>
            {edited === key && <StepForm step={step} change={(next) => change(key, next)} done={() => setEdited(null)} />}
          </li>
        );
      })}
    </ol>
  );
}

function StepForm({ step, change, done }: { step: WalkStep; change: (step: WalkStep) => void; done: () => void }): ReactElement {
  return (
    <form
      className="wb-recorded-form"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
    >
      {wordsIn(step).map(({ way, field, value }, at) => (
        <label key={way.join(".")} className="wb-field">
          {t(`recording.field.${field}`)}
          <input value={value} autoFocus={at === 0} maxLength={field === "text" ? 5_000 : 500} onChange={(event) => change(withWords(step, way, event.target.value))} />
        </label>
      ))}
      <button type="submit" className="wb-button wb-small">{t("recording.done")}</button>
    </form>
  );
}
