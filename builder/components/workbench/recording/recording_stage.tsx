import { type ReactElement, useEffect, useRef, useState } from "react";
import type { RecordingFrame } from "$/runtime/walks/recording-frame.ts";
import { RECORDED } from "$/runtime/engine/recording.ts";
import type { WalkStep } from "$/runtime/engine/walk.ts";
import { persistently } from "../../client/http";
import { Icon } from "../controls/icons";
import { useWorkbench } from "../session/context";
import { ExpectDialog } from "./expect_dialog";
import { t } from "./texts";

interface Props {
  /** Whether something was recorded. */
  ready: boolean;
  stop: () => void;
  cancel: () => void;
  say: (text: string) => void;
  record: (key: string, step: WalkStep) => void;
  drop: (key: string) => void;
  size: (width: number, height: number) => void;
}

/** The app in which the person acts, and what they can do besides. */
export function RecordingStage({ ready, stop, cancel, say, record, drop, size }: Props): ReactElement {
  const { store, walks, attempt } = useWorkbench();
  const iframe = useRef<HTMLIFrameElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const [frame, setFrame] = useState<RecordingFrame | null>(null);
  const [pointing, setPointing] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const reloads = useRef(0);
  // What the frame tells goes to whoever listens at that moment.
  const told = useRef({ record, drop, size, say });
  told.current = { record, drop, size, say };

  useEffect(() => title.current?.focus(), []);
  useEffect(() => {
    const ended = new AbortController();
    const over = Promise.withResolvers<void>();
    ended.signal.addEventListener("abort", () => over.resolve());
    const sized = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = iframe.current ?? document.body;
      if (clientWidth > 0) told.current.size(clientWidth, clientHeight);
    });
    attempt(async () => {
      const { url } = await store.api.walks();
      const [{ RecordingFrame }, { lockOf }] = await persistently(() => Promise.all([import("$/runtime/walks/recording-frame.ts"), import("$/runtime/walks/walks.ts")]));
      if (ended.signal.aborted) return;
      await navigator.locks.request(lockOf(url), { signal: ended.signal }, async () => {
        const server = await walks.server(ended.signal);
        await server?.begins();
        const opened: RecordingFrame = new RecordingFrame({
          frame: iframe.current!, url,
          arrived: () => {
            setFrame(opened);
            sized.observe(iframe.current!);
          },
          recorded: (key, step) => {
            told.current.record(key, step);
            if ("see" in step) setPointing(false);
          },
          dropped: (key) => told.current.drop(key),
          leftOut: (why, words) => {
            told.current.say(t(`recording.left_out.${why}`, { words }));
            if (why === "nameless") setPointing(false);
          },
          pointed: () => setPointing(false),
          hang: () => told.current.say(t("recording.hang")),
        });
        await over.promise;
        sized.disconnect();
        opened.close();
        server?.close();
      }).catch((error: unknown) => {
        if (!ended.signal.aborted) throw error;
      });
    });
    return () => ended.abort();
  }, [store, walks, attempt]);

  const point = (on: boolean): void => {
    setPointing(on);
    frame?.point(on);
  };
  const reload = (): void => {
    frame?.reload();
    record(`reload.${reloads.current++}`, { reload: true });
  };
  return (
    <>
      <div
        className="wb-recording-bar" role="toolbar" aria-label={t("recording.title")}
        onKeyDown={(event) => {
          if (event.key === "Escape" && pointing) point(false);
        }}
      >
        <h2 ref={title} tabIndex={-1}><i aria-hidden="true" />{t("recording.title")}</h2>
        <button type="button" className="wb-icon-button" disabled={!frame} aria-label={t("recording.reload")} title={t("recording.reload")} onClick={reload}>
          <Icon name="reload" />
        </button>
        <button type="button" className="wb-button" disabled={!frame} aria-pressed={pointing} onClick={() => point(!pointing)}>
          <Icon name="eye" />
          {t("recording.expect")}
        </button>
        <button type="button" className="wb-button" disabled={!frame} onClick={() => setChoosing(true)}>
          <Icon name="lines" />
          {t("recording.choose")}
        </button>
        <span className="wb-recording-end">
          <button type="button" className="wb-button wb-flat" onClick={cancel}>{t("recording.cancel")}</button>
          <button type="button" className="wb-button wb-primary" disabled={!ready} onClick={stop}>{t("recording.stop")}</button>
        </span>
        <p className="wb-quiet">{t(pointing ? "recording.expect.on" : "recording.hint")}</p>
      </div>
      <div className="wb-recording-stage">
        {/* As the frames of walks: what a walk cannot do, such as opening a window, cannot be recorded either. */}
        <iframe
          ref={iframe} name={RECORDED} title={t("recording.app")} sandbox="allow-scripts allow-same-origin allow-forms" data-there={frame !== null}
        />
        {!frame && <p className="wb-quiet wb-late">{t("recording.loading")}</p>}
      </div>
      {choosing && frame && <ExpectDialog frame={frame} close={() => setChoosing(false)} />}
    </>
  );
}
