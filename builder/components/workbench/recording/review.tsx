import { type ReactElement, useEffect, useRef, useState } from "react";
import type { WalkResult } from "$/runtime/walks/walks.ts";
import type { WalkStep } from "$/runtime/engine/walk.ts";
import { persistently } from "../../client/http";
import { useProject, useWorkbench } from "../session/context";
import type { WalkServer } from "../session/walk_server";
import { whyOf } from "../session/walk_words";
import { asFile, asWalk, expectsSomething, pathFor, type Recorded } from "./recorded";
import { StepList } from "./step_list";
import { t } from "./texts";

interface Props {
  steps: readonly Recorded[];
  change: (key: string, step: WalkStep) => void;
  remove: (recorded: Recorded) => void;
  anew: () => void;
  cancel: () => void;
  done: () => void;
}

/** What the steps came to when they were played, and for which steps that was. */
interface Played {
  of: string;
  result: WalkResult;
}

const PLAYED = "walks/recorded.json";
const MOST_TITLE = 120;

/** The recorded walk is played back at once; what plays can be named and saved. */
export function Review({ steps, change, remove, anew, cancel, done }: Props): ReactElement {
  const { store, walks, attempt, toast, open } = useWorkbench();
  const { files } = useProject();
  const [title, setTitle] = useState("");
  const [played, setPlayed] = useState<Played | null>(null);
  const [playing, setPlaying] = useState<AbortController | null>(null);
  const [saving, setSaving] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const now = JSON.stringify(steps.map(({ step }) => step));

  const play = (): AbortController => {
    const under = new AbortController();
    setPlaying(under);
    attempt(async () => {
      let server: WalkServer | null = null;
      try {
        const { url } = await store.api.walks();
        server = await walks.server(under.signal);
        const { runWalks } = await persistently(() => import("$/runtime/walks/walks.ts"));
        const [result] = await runWalks({ [PLAYED]: asWalk(PLAYED, steps) }, { url, home: document.body, signal: under.signal, ...(server && { lanes: 1, begins: server.begins }) });
        if (result && !under.signal.aborted) setPlayed({ of: now, result });
      } catch (error) {
        if (!under.signal.aborted) throw error;
      } finally {
        server?.close();
        setPlaying((running) => (running === under ? null : running));
      }
    });
    return under;
  };
  useEffect(() => {
    heading.current?.focus();
    const under = play();
    return () => under.abort();
  }, []);

  const save = (): void => {
    setSaving(true);
    attempt(async () => {
      try {
        const path = pathFor(title, files);
        store.write({ put: { [path]: asFile(asWalk(title.trim(), steps)) }, delete: [] });
        await store.save();
        toast({ text: t("recording.saved", { path }), action: { label: t("recording.open"), run: () => open({ path }) } });
        done();
      } finally {
        setSaving(false);
      }
    });
  };
  const stale = played !== null && played.of !== now;
  const good = played?.result.ok === true && !stale;
  return (
    <div className="wb-review">
      <h2 ref={heading} tabIndex={-1}>{t("recording.review")}</h2>
      <Outcome steps={steps} played={stale ? null : played} playing={playing !== null} stale={stale} />
      <StepList steps={steps} change={change} remove={remove} failed={!stale && played?.result.ok === false ? played.result.step : 0} />
      {good && !expectsSomething(steps) && <p className="wb-quiet">{t("recording.expects_nothing")}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <label className="wb-field">
          {t("recording.name")}
          <input value={title} maxLength={MOST_TITLE} placeholder={t("recording.name.example")} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <div className="wb-dialog-foot">
          <button type="button" className="wb-button wb-flat" onClick={cancel}>{t("recording.cancel")}</button>
          <button type="button" className="wb-button" onClick={anew}>{t("recording.anew")}</button>
          {playing
            ? <button type="button" className="wb-button" onClick={() => playing.abort()}>{t("recording.stop_playing")}</button>
            : <button type="button" className="wb-button" disabled={steps.length === 0} onClick={() => void play()}>{t("recording.again")}</button>}
          <button type="submit" className="wb-button wb-primary" disabled={!good || saving || title.trim() === ""}>{t("recording.save")}</button>
        </div>
      </form>
    </div>
  );
}

function Outcome({ steps, played, playing, stale }: { steps: readonly Recorded[]; played: Played | null; playing: boolean; stale: boolean }): ReactElement {
  const result = played?.result;
  return (
    <div role="status" className={playing || !result ? "wb-note" : result.ok ? "wb-note wb-note-good" : "wb-note wb-note-bad"}>
      {playing ? <p>{t("recording.playing")}</p>
        : stale ? <p>{t("recording.unplayed")}</p>
        : result?.ok ? <p>{t("recording.passed", { count: steps.length, ms: result.ms })}</p>
        : result ? (
          <>
            <p><b>{t("recording.failed")}</b> {whyOf(result, asWalk(PLAYED, steps))}</p>
            <p>{t("recording.failed.next")}</p>
          </>
        ) : <p>{t("recording.unplayed")}</p>}
    </div>
  );
}
