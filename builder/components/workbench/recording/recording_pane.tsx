import "./recording.css";
import { type ReactElement, useEffect, useRef, useState } from "react";
import type { WalkStep } from "$/runtime/engine/walk.ts";
import { Sure } from "../controls/sure";
import { useWorkbench } from "../session/context";
import { stepWords } from "../session/walk_words";
import { isWorthPlaying, type Recorded, withoutStep, withSize, withStep } from "./recorded";
import { RecordingStage } from "./recording_stage";
import { Review } from "./review";
import { StepList } from "./step_list";
import { t } from "./texts";

const TYPED_MS = 700;

/** A walk being recorded, in the place of the preview: first the app and what was done in it, then what came of it. */
export default function RecordingPane(): ReactElement {
  const { walks, setRecording } = useWorkbench();
  const [steps, setSteps] = useState<readonly Recorded[]>([]);
  const [takes, setTakes] = useState(1);
  const [stopped, setStopped] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [said, setSaid] = useState("");
  // Both keep things at the same address.
  useEffect(() => walks.hold(), [walks]);

  const done = (): void => {
    setRecording(false);
    const tabs = document.querySelectorAll<HTMLElement>('.wb-tabs [data-tab="preview"], .wb-bottom [aria-current="page"]');
    requestAnimationFrame(() => [...tabs].find((one) => one.checkVisibility())?.focus());
  };
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = (text: string): void => {
    clearTimeout(later.current);
    setSaid(text);
  };
  useEffect(() => () => clearTimeout(later.current), []);
  const record = (key: string, step: WalkStep): void => {
    setSteps((all) => withStep(all, key, step));
    const words = t("recording.recorded", { step: stepWords(step) });
    if (!("type" in step)) return say(words);
    // Whoever listens hears what was typed, and not each letter.
    clearTimeout(later.current);
    later.current = setTimeout(() => setSaid(words), TYPED_MS);
  };
  const remove = ({ key, step }: Recorded): void => {
    setSteps((all) => withoutStep(all, key));
    say(t("recording.deleted", { step: stepWords(step) }));
  };
  const change = (key: string, step: WalkStep): void => setSteps((all) => withStep(all, key, step));
  const anew = (): void => {
    setSteps([]);
    say("");
    setTakes(takes + 1);
    setStopped(false);
  };
  const stop = (): void => {
    say("");
    setStopped(true);
  };
  const cancel = (): void => (isWorthPlaying(steps) ? setLeaving(true) : done());

  return (
    <section className="wb-recording" aria-label={t("recording.title")} data-stopped={stopped}>
      {stopped
        ? <Review steps={steps} change={change} remove={remove} anew={anew} cancel={cancel} done={done} />
        : (
          <>
            <RecordingStage
              key={takes} ready={isWorthPlaying(steps)} stop={stop} cancel={cancel} say={say} record={record}
              drop={(key) => setSteps((all) => withoutStep(all, key))} size={(width, height) => setSteps((all) => withSize(all, width, height))}
            />
            <div className="wb-recording-steps">
              <h2>{t("recording.steps")}</h2>
              <StepList steps={steps} change={change} remove={remove} />
            </div>
          </>
        )}
      {leaving && (
        <Sure text={t("recording.cancel.sure", { count: steps.length })} keep={t("recording.cancel.keep")} no={() => setLeaving(false)}>
          <button type="button" className="wb-button" onClick={done}>{t("recording.cancel.discard")}</button>
        </Sure>
      )}
      <p className="wb-recording-said" role="status">{said}</p>
    </section>
  );
}
