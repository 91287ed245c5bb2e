import type { ReactElement } from "react";
import type { WalkResult } from "$/runtime/walks/walks.ts";
import { Dialog } from "../controls/dialog";
import { usePreview, useProject, useWalks, useWorkbench } from "../session/context";
import { walksNeed } from "../session/walk_server";
import { tally } from "../session/walk_watch";
import { differenceWords, stepWords, whyOf } from "../session/walk_words";
import { t } from "../../client/walked_texts";

/** How the walks of the version that is seen went; of those that failed the step, why, and what was there instead. */
export function WalksDialog(): ReactElement {
  const { setPanel, setRecording, show, open, walks: watch } = useWorkbench();
  usePreview();
  const { project, engines } = useProject();
  const walks = useWalks(project?.head ?? null);
  const look = (path: string): void => {
    setPanel(null);
    open({ path });
  };
  const record = (): void => {
    setPanel(null);
    show("preview");
    setRecording(true);
  };
  const canRecord = watch.canWalk() && project !== null && engines !== null && typeof walksNeed(project.id, engines) === "string";
  return (
    <Dialog title={walks ? tally(walks) : t("walked.title")} close={() => setPanel(null)} wide>
      {!walks && <p>{t("walked.none")}</p>}
      {walks?.why && <p className="wb-note">{walks.why}</p>}
      <ol className="wb-versions wb-walks">
        {walks?.results.map((result) => {
          const walk = walks.walks[result.walk];
          if (!walk) return <Stroll key={result.walk} {...result} />;
          return (
            <li key={result.walk}>
              <span className="wb-version-label">
                <span>{walk.title}</span>
                {result.difference && <small>{differenceWords(result.difference, (at) => stepWords(walk.steps[at - 1]!))}</small>}
                {result.ok
                  ? <small>{t("walked.passed", { count: walk.steps.length, ms: result.ms })}</small>
                  : <small className="wb-bad">{whyOf(result, walk)}</small>}
              </span>
              <button type="button" className="wb-button wb-small" onClick={() => look(result.walk)}>{t("walked.open")}</button>
              <Picture {...result} />
            </li>
          );
        })}
        {walks?.invalid.map(({ path, message }) => (
          <li key={path}>
            <span className="wb-version-label">
              <span>{path}</span>
              <small className="wb-bad">{message}</small>
            </span>
            <button type="button" className="wb-button wb-small" onClick={() => look(path)}>{t("walked.open")}</button>
          </li>
        ))}
      </ol>
      <div className="wb-dialog-foot">
        <p className="wb-quiet">{t(canRecord ? "walked.record.how" : "walked.record.not_here")}</p>
        <button type="button" className="wb-button wb-primary" disabled={!canRecord} onClick={record}>{t("walked.record")}</button>
      </div>
    </Dialog>
  );
}

/** What was done without a walk, and whether it showed something else. */
function Stroll(result: WalkResult): ReactElement {
  const { walk, difference, deeds = [], ms } = result;
  return (
    <li>
      <span className="wb-version-label">
        <span>{t(walk === "stroll" ? "walked.stroll" : "walked.stroll.slow")}</span>
        {difference && <small>{differenceWords(difference, (at) => deeds[at - 1] ?? "")}</small>}
        <small>{t("walked.strolled", { count: deeds.length, ms })}</small>
      </span>
      <Picture {...result} />
    </li>
  );
}

/** The page where a walk failed, or first showed something else. An image runs nothing and asks nobody for anything. */
function Picture({ picture, ok, step, difference }: WalkResult): ReactElement | null {
  if (!picture) return null;
  const words = t("walked.picture", { step: ok ? difference?.step ?? 0 : step });
  return (
    <details className="wb-walk-picture" open={!ok}>
      <summary>{words}</summary>
      <img alt={words} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture)}`} />
    </details>
  );
}
