import "../dialogs/panels.css";
import { type ReactElement, useEffect, useState } from "react";
import type { RecordingFrame } from "$/runtime/walks/recording-frame.ts";
import type { WalkStep } from "$/runtime/engine/walk.ts";
import { Dialog } from "../controls/dialog";
import { stepWords } from "../session/walk_words";
import { t } from "./texts";

/** What can be seen in the app, as a list: for whoever does not point. */
export function ExpectDialog({ frame, close }: { frame: RecordingFrame; close: () => void }): ReactElement {
  const [there, setThere] = useState<WalkStep[] | null>(null);
  const [sought, setSought] = useState("");
  useEffect(() => void frame.there().then(setThere), [frame]);
  const listed = (there ?? []).map((step, at) => ({ at, words: stepWords(step) }))
    .filter(({ words }) => words.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <Dialog title={t("recording.choose.title")} close={close} wide>
      <label className="wb-field">
        {t("recording.choose.filter")}
        <input type="search" value={sought} autoFocus onChange={(event) => setSought(event.target.value)} />
      </label>
      {there === null && <p className="wb-quiet wb-late">{t("recording.choose.loading")}</p>}
      {there !== null && listed.length === 0 && <p className="wb-quiet">{t("recording.choose.none")}</p>}
      <ul className="wb-there">
        {listed.map(({ at, words }) => (
          <li key={at}>
            <button
              type="button" className="wb-button wb-flat"
              onClick={() => {
                frame.expect(at);
                close();
              }}
            >
              {words}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
