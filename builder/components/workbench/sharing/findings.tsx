import { type ReactElement, useRef } from "react";
import "./findings.css";
import { useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import type { ScanWatch } from "./use_scan";
import { t } from "./texts";
import type { Scan } from "../../client/types";

type LeakFound = Scan["leaks"][number];
type HoleFound = Scan["probe"]["holes"][number];

/** What a person should know before they share: secrets in the files, and routes that answer what they should not. */
export function Findings({ watch }: { watch: ScanWatch }): ReactElement {
  const { store, setPanel, setWish } = useWorkbench();
  const { scan, problem, run } = watch;
  const section = useRef<HTMLElement>(null);
  const mend = (text: string): void => {
    setPanel(null);
    setWish({ text });
  };
  // The pressed button disappears with its line.
  const decide = (kind: "leak" | "hole", key: string): void => {
    void run(() => store.api.decideScan(kind, [key])).then(() => section.current?.focus());
  };
  const blocking = scan?.leaks.filter((leak) => leak.blocks) ?? [];
  return (
    <section ref={section} className="wb-findings" aria-label={t("scan.findings")} tabIndex={-1}>
      {problem && <p className="wb-note wb-note-bad" role="alert">{problem}</p>}
      {!scan && !problem && <p className="wb-quiet" role="status">{t("scan.looking")}</p>}
      {scan && (
        <>
          {blocking.length > 0 && <p className="wb-note wb-note-bad" role="status">{t("scan.blocks", { count: blocking.length })}</p>}
          {scan.leaks.length === 0 && <p className="wb-finding-good"><Icon name="check" />{t("scan.clean")}</p>}
          {scan.leaks.length > 0 && (
            <ul>{scan.leaks.map((leak) => <LeakLine key={`${leak.path}:${leak.digest}`} leak={leak} decide={() => decide("leak", leak.digest)} />)}</ul>
          )}
          {scan.server && <Probe scan={scan} run={run} decide={(key) => decide("hole", key)} />}
          {scan.mend && (
            <div className="wb-dialog-foot">
              <button type="button" className="wb-button" onClick={() => mend(scan.mend)}>
                <Icon name="chat" />
                {t("scan.ask")}
              </button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function LeakLine({ leak, decide }: { leak: LeakFound; decide: () => void }): ReactElement {
  const { open, setPanel } = useWorkbench();
  const { path, line } = leak;
  const says = leak.says.charAt(0).toUpperCase() + leak.says.slice(1);
  if (leak.kept_apart) return <li><span><small>{t("scan.apart", { path, line, says: leak.says })}</small></span></li>;
  const look = (): void => {
    setPanel(null);
    open({ path, line });
  };
  const place = t("scan.place", { path, line });
  return (
    <li data-bad={leak.blocks}>
      <span>
        <strong>{says}</strong>
        {leak.tail && <small className="wb-mono"> {t("scan.ends", { tail: leak.tail })}</small>}
        <button type="button" className="wb-finding-place wb-mono" aria-label={t("scan.open", { path, line })} onClick={look}>{place}</button>
        {leak.blocks && <small>{t("scan.fix")}</small>}
        {!leak.blocks && !leak.decided && <small>{t("scan.warns")}</small>}
      </span>
      {leak.decided && <small>{t("scan.not_secret")}</small>}
      {leak.blocks && <button type="button" className="wb-button wb-small" onClick={decide}>{t("scan.no_secret")}</button>}
    </li>
  );
}

interface ProbeProps {
  scan: Scan;
  run: ScanWatch["run"];
  decide: (key: string) => void;
}

function Probe({ scan, run, decide }: ProbeProps): ReactElement {
  const { store } = useWorkbench();
  const { probe } = scan;
  const start = (): void => void run(() => store.api.probe());
  const open = probe.holes.filter((hole) => !hole.decided).length;
  if (probe.state === "running") {
    const words = probe.all === 0 ? t("scan.probe.starting") : t("scan.probe.asking", { done: probe.done, all: probe.all });
    return (
      <div className="wb-probe">
        <p role="status">{words}</p>
        <button type="button" className="wb-button wb-small" onClick={() => void run(() => store.api.stopProbe())}>{t("scan.probe.stop")}</button>
        <progress aria-label={words} {...(probe.all ? { value: probe.done, max: probe.all } : {})} />
      </div>
    );
  }
  if (probe.state === "done") {
    return (
      <div>
        {open > 0 && <p className="wb-note" role="status">{t("scan.holes", { count: open })}</p>}
        {probe.holes.length === 0 && (
          <p className="wb-finding-good" role="status">
            {probe.routes > 0 && <Icon name="check" />}
            {probe.routes > 0 ? t("scan.probe.fine", { count: probe.routes }) : t("scan.probe.none")}
          </p>
        )}
        {!probe.accounts && probe.routes > 0 && <small>{t("scan.probe.alone")}</small>}
        {!probe.whole && <small> {t("scan.probe.cut")}</small>}
        <ul>{probe.holes.map((hole) => <HoleLine key={hole.key} hole={hole} decide={() => decide(hole.key)} />)}</ul>
      </div>
    );
  }
  return (
    <div className="wb-probe">
      <p>
        {probe.state === "failed" ? t("scan.probe.failed", { problem: probe.problem }) : t("scan.probe.text")}
      </p>
      <button type="button" className="wb-button wb-small" onClick={start}>{t(probe.state === "failed" ? "scan.again" : "scan.probe")}</button>
    </div>
  );
}

function HoleLine({ hole, decide }: { hole: HoleFound; decide: () => void }): ReactElement {
  return (
    <li>
      <span>
        <strong>{hole.says}</strong>
        <small>{hole.fix}</small>
      </span>
      {hole.decided ? <small>{t("scan.allowed")}</small> : <button type="button" className="wb-button wb-small" onClick={decide}>{t("scan.allow")}</button>}
    </li>
  );
}
