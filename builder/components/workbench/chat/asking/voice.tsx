import { type ReactElement, useEffect, useRef, useState } from "react";
import { Icon } from "../../controls/icons";
import { LANGUAGE } from "../../../client/texts";
import { t } from "../../../client/workbench_texts";

/** Of the browser's own speech recognition what is used here; TypeScript does not know it. */
interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: { resultIndex: number; results: ArrayLike<{ isFinal: boolean; 0: { transcript: string } }> }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start: () => void;
  stop: () => void;
  abort: () => void;
}

type Made = new () => Recognition;

const found = (): Made | undefined => {
  const page = window as unknown as { SpeechRecognition?: Made; webkitSpeechRecognition?: Made };
  return page.SpeechRecognition ?? page.webkitSpeechRecognition;
};

/** Speak instead of typing, where the browser can listen. `heard`: words to be added; `told`: why nothing is heard, or "". */
export function VoiceButton({ heard, told }: { heard: (words: string) => void; told: (note: string) => void }): ReactElement | null {
  const [listening, setListening] = useState(false);
  const recognition = useRef<Recognition | null>(null);
  const hear = useRef(heard);
  hear.current = heard;
  useEffect(() => () => recognition.current?.abort(), []);
  const Recognizes = found();
  if (!Recognizes) return null;

  const begin = (): void => {
    const one = recognition.current = new Recognizes();
    one.lang = LANGUAGE;
    one.continuous = true;
    one.interimResults = false;
    one.onresult = ({ resultIndex, results }) => {
      for (let n = resultIndex; n < results.length; n++) if (results[n]?.isFinal) hear.current(results[n]![0].transcript.trim());
    };
    one.onerror = ({ error }) => {
      if (error === "not-allowed" || error === "service-not-allowed") told(t("workbench.voice.denied"));
      else if (error !== "aborted" && error !== "no-speech") told(t("workbench.voice.failed"));
    };
    one.onend = () => setListening(false);
    told("");
    one.start();
    setListening(true);
  };
  const label = t(listening ? "workbench.voice.end" : "workbench.voice");
  return (
    <button
      type="button" className="wb-icon-button wb-voice" aria-label={label} title={listening ? label : t("workbench.voice.note")} aria-pressed={listening}
      onClick={() => (listening ? recognition.current?.stop() : begin())}
    >
      <Icon name="voice" />
    </button>
  );
}
