import { type ReactElement, useRef, useState } from "react";
import type { ListedServer, Usage } from "../client/types";
import { figures, isUp, shown, since, waiting } from "./server";
import { t } from "../client/servers_texts";

interface Props {
  server: ListedServer;
  here: boolean;
  act: (server: ListedServer, method: string, path: string, done: string) => Promise<void>;
}

const DOTS = { running: "good", failed: "bad", pending: "wait", paused: "rest", asleep: "rest", removed: "rest", stopped: "off" } as const;

/** One server: its state, what it uses, and the actions on it. */
export function ServerRow({ server, here, act }: Props): ReactElement {
  const [asking, setAsking] = useState(false);
  /** One call after the other: a press during a call is not lost. */
  const work = useRef<Promise<void>>(Promise.resolve());
  const remove = useRef<HTMLButtonElement>(null);
  const { title, usage, fault } = server;
  const how = shown(server);
  const up = isUp(server);

  const run = (method: string, path: string, done: string): void => {
    work.current = work.current.then(() => act(server, method, path, done));
  };
  const ask = (to: boolean): void => {
    setAsking(to);
    if (!to) requestAnimationFrame(() => remove.current?.focus());
  };
  const first = how === "running" ? "pause" : how === "stopped" || how === "failed" ? "start" : "wake";
  const begin = (): void => {
    if (first === "pause") run("POST", "/pause", t("servers.done.pause", { title }));
    else run("PUT", "", t("servers.done.wake", { title }));
  };
  const note = waiting(server) || (fault?.message ?? (how === "running" || how === "pending" || how === "failed" ? "" : t(`servers.note.${how}`)));
  const named = (action: string): string => t("servers.action", { action, title });
  return (
    <li>
      <div className="servers-line">
        <i className={`servers-dot servers-dot-${DOTS[how]}`} aria-hidden="true" />
        {here ? <span className="servers-name" title={title}>{title}</span> : <a className="servers-name" title={title} href={`/p/${server.project}`}>{title}</a>}
        {here && <span className="servers-tag">{t("servers.here")}</span>}
        <span className="servers-state">{t(`servers.state.${how}`)}<span className="servers-since"> · {since(server.since)}</span></span>
      </div>
      {usage && up ? <Figures usage={usage} /> : note && <p className={fault ? "servers-what servers-bad" : "servers-what"}>{usage ? `${figures(usage)[1]} · ${note}` : note}</p>}
      {asking ? (
        <div className="servers-confirm" ref={(box) => box?.scrollIntoView({ block: "nearest" })} role="group" aria-label={t("servers.remove")}>
          <p>{t("servers.confirm", { title })}</p>
          <div className="servers-actions">
            <button type="button" autoFocus onClick={() => ask(false)}>{t("servers.keep")}</button>
            <button
              type="button" className="servers-danger"
              onClick={() => {
                ask(false);
                run("DELETE", "/data", t("servers.done.remove", { title }));
              }}
            >
              {t("servers.remove")}
            </button>
          </div>
        </div>
      ) : (
        <div className="servers-actions">
          <button type="button" aria-disabled={how === "pending"} aria-label={named(t(`servers.${first}`))} onClick={() => how !== "pending" && begin()}>{t(`servers.${first}`)}</button>
          <button
            type="button" aria-disabled={how === "stopped" || how === "failed"} aria-label={named(t("servers.stop"))}
            onClick={() => how !== "stopped" && how !== "failed" && run("DELETE", "", t("servers.done.stop", { title }))}
          >
            {t("servers.stop")}
          </button>
          <button ref={remove} type="button" className="servers-quiet" aria-label={named(t("servers.remove"))} onClick={() => ask(true)}>{t("servers.remove")}</button>
        </div>
      )}
    </li>
  );
}

function Figures({ usage }: { usage: Usage }): ReactElement {
  const [cpu, memory, requests, connections] = figures(usage);
  const share = usage.memory_limit ? Math.min(1, usage.memory / usage.memory_limit) : 0;
  return (
    <p className="servers-figures">
      <span>{cpu}</span>
      <span className="servers-memory">
        <span className="servers-meter" aria-hidden="true" data-full={share > 0.9}><i style={{ width: `${(share * 100).toFixed(0)}%` }} /></span>
        <span><span className="servers-sr">{t("servers.memory.label")} </span>{memory}</span>
      </span>
      <span>{requests}</span>
      <span>{connections}</span>
    </p>
  );
}
